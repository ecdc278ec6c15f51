//! The cache of types, structs and function instances.

use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};
use hashbrown::HashMap;

use super::{INLINE_WORDS_MAX, InstanceId, Type, TypeKind, Types};
use crate::{
    ModuleId, Native, StatusCode, VmResult,
    format::{AbilitySet, FunctionDefIndex},
};

/// What a struct or enum type consists of, its type arguments filled in.
#[derive(Clone, Debug)]
pub struct StructType {
    /// Whether it is an enum.
    pub is_enum: bool,
    /// The variants of an enum; a struct has just one, whose name is empty.
    pub variants: Box<[Variant]>,
    /// What its values may do.
    pub abilities: AbilitySet,
    /// Its size in words if it is kept inline, before [`INLINE_WORDS_MAX`] is applied. Of an enum:
    /// one for the variant's number and those of the largest variant.
    pub full_words: u64,
}

/// The fields of a struct or of a variant.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The variant's name.
    pub name: String,
    /// Names of the fields.
    pub names: Box<[String]>,
    /// Types of the fields.
    pub fields: Box<[Type]>,
}

impl StructType {
    /// The types of the fields of a struct (`None`) or of a variant.
    pub fn fields(&self, variant: Option<u16>) -> Option<&[Type]> {
        if self.is_enum != variant.is_some() {
            return None;
        }
        self.variants
            .get(usize::from(variant.unwrap_or(0)))
            .map(|v| &*v.fields)
    }
}

/// A function with its type arguments.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its module; `None` for a script.
    pub module: Option<ModuleId>,
    /// Its name.
    pub name: String,
    /// Its number in the module.
    pub definition: FunctionDefIndex,
    /// Its type arguments.
    pub type_arguments: Box<[Type]>,
    /// Types of its parameters.
    pub parameters: Box<[Type]>,
    /// Types of its results.
    pub returns: Box<[Type]>,
    /// Types of all locals, the parameters first.
    pub locals: Box<[Type]>,
    /// Words of all locals.
    pub local_words: u64,
    /// Who runs it, if it is native.
    pub native: Option<Native>,
    /// While it runs, its module cannot be entered again through a function value.
    pub module_lock: bool,
    /// Its signature will not change: it may be stored as a function value.
    pub persistent: bool,
}

/// The cache.
#[derive(Debug, Default)]
pub struct Code {
    /// The interner.
    pub types: Types,
    structs: HashMap<Type, Arc<StructType>>,
    instances: Vec<Arc<Instance>>,
}

impl Code {
    /// A function instance.
    pub fn instance(&self, id: InstanceId) -> VmResult<&Arc<Instance>> {
        self.instances
            .get(id.0 as usize)
            .ok_or_else(|| StatusCode::UnknownInvariantViolationError.into())
    }

    /// What a struct or enum type consists of.
    pub fn struct_type(&mut self, ty: Type) -> VmResult<Arc<StructType>> {
        self.structs
            .get(&ty)
            .cloned()
            .ok_or_else(|| StatusCode::TypeResolutionFailure.into())
    }

    /// How many words a value of the type takes where it is kept: integers up to 64 bits, `bool`,
    /// references, vectors and function values 1; `u128` 2; `u256`, `address` and `signer` 4; a
    /// struct the sum of its fields, an enum one more than its largest variant, and if that is
    /// more than [`INLINE_WORDS_MAX`] then 1, the rest being out of line.
    pub fn words(&mut self, ty: Type) -> VmResult<u64> {
        Ok(match self.types.kind(ty) {
            TypeKind::Bool
            | TypeKind::Vector(_)
            | TypeKind::Function(_)
            | TypeKind::Reference(_)
            | TypeKind::MutableReference(_) => 1,
            TypeKind::Integer(integer) => u64::from(integer.bits()).div_ceil(64),
            TypeKind::Address | TypeKind::Signer => 4,
            TypeKind::Struct(..) => {
                let full = self.struct_type(ty)?.full_words;
                if full > INLINE_WORDS_MAX { 1 } else { full }
            }
        })
    }
}
