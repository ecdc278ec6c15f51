//! What a text says, before names have become indices.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;

use super::{error::Position, shape::Shape};
use crate::{
    Address, ModuleId, U256,
    format::{
        AbilitySet, AccessKind, FunctionAttribute, SignatureToken, StructTypeParameter, Visibility,
    },
};

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) at: Position,
}

/// A struct or function: `name` of the unit's own module, or `0x1::module::name`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Path {
    pub(super) module: Option<ModuleId>,
    pub(super) name: Name,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(module) = &self.module {
            write!(f, "{module}::")?;
        }
        f.write_str(&self.name.text)
    }
}

/// A struct definition or a field or variant within one, by name or by number.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Selector<N> {
    Name(N),
    Index(u16),
}

/// `None` where there are not even angle brackets.
pub(super) type TypeArguments = Option<Vec<Type>>;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type {
    /// One that no name is part of.
    Plain(SignatureToken),
    Vector(Box<Type>),
    Reference {
        mutable: bool,
        to: Box<Type>,
    },
    Function {
        parameters: Vec<Type>,
        results: Vec<Type>,
        abilities: AbilitySet,
    },
    Struct(Selector<Path>, TypeArguments),
}

/// A whole text.
pub(super) struct Source {
    /// `None` for a script.
    pub(super) module: Option<ModuleId>,
    pub(super) version: u32,
    pub(super) start: Position,
    pub(super) friends: Vec<(ModuleId, Position)>,
    pub(super) metadata: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) constants: Vec<(Name, Constant)>,
    pub(super) uses: Vec<Use>,
    pub(super) structs: Vec<Struct>,
    pub(super) functions: Vec<Function>,
    pub(super) extras: Vec<Extra>,
}

/// What the unit expects of a module.
pub(super) struct Use {
    pub(super) module: ModuleId,
    pub(super) at: Position,
    pub(super) structs: Vec<StructHead>,
    pub(super) functions: Vec<FunctionHead>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct StructHead {
    pub(super) path: Path,
    /// What the rest of the text calls it, if not by its name.
    pub(super) alias: Option<Name>,
    pub(super) type_parameters: Vec<StructTypeParameter>,
    pub(super) abilities: AbilitySet,
}

pub(super) struct Struct {
    pub(super) head: StructHead,
    pub(super) fields: Fields,
}

pub(super) enum Fields {
    Native,
    Declared(Vec<Field>),
    Variants(Vec<(Name, Vec<Field>)>),
}

pub(super) struct Field {
    pub(super) name: Name,
    pub(super) ty: Type,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct FunctionHead {
    pub(super) path: Path,
    /// What the rest of the text calls it, if not by its name.
    pub(super) alias: Option<Name>,
    pub(super) type_parameters: Vec<AbilitySet>,
    pub(super) parameters: Vec<Type>,
    pub(super) returns: Vec<Type>,
    pub(super) access: Option<Vec<Access>>,
    pub(super) attributes: Vec<FunctionAttribute>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Access {
    pub(super) kind: AccessKind,
    pub(super) negated: bool,
    pub(super) resource: Resource,
    pub(super) address: Place,
    pub(super) at: Position,
}

/// Which resources are accessed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Resource {
    Any,
    AtAddress(Address),
    InModule(ModuleId),
    Struct(Path, TypeArguments),
}

/// At which addresses they are accessed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Place {
    Any,
    Literal(Address),
    Parameter(u8),
    Computed(Path, TypeArguments, u8),
}

pub(super) struct Function {
    pub(super) head: FunctionHead,
    pub(super) visibility: Visibility,
    pub(super) is_entry: bool,
    pub(super) acquires: Vec<Selector<Path>>,
    /// `None` if native.
    pub(super) body: Option<Body>,
}

#[derive(Default)]
pub(super) struct Body {
    pub(super) locals: Vec<Type>,
    pub(super) code: Vec<Instruction>,
}

pub(super) struct Instruction {
    pub(super) shape: Shape,
    /// Whether the instruction's name is the one for type arguments.
    pub(super) generic: bool,
    pub(super) operand: Operand,
    /// A vector's length or a closure's mask.
    pub(super) number: u64,
    pub(super) at: Position,
}

pub(super) enum Operand {
    None,
    /// Two's complement if negative.
    Integer(U256),
    Local(u8),
    Target(u16),
    /// An entry of the table that the instruction refers to.
    Index(u16),
    Constant(ConstantName),
    Types(Vec<Type>),
    Function(Path, TypeArguments),
    Struct(Selector<Path>, TypeArguments),
    Member(Member),
}

/// A field or variant of a struct.
pub(super) struct Member {
    pub(super) of: Selector<Path>,
    /// The variants, or the variants that have the field.
    pub(super) variants: Vec<Selector<Name>>,
    pub(super) field: Option<Selector<Name>>,
    pub(super) arguments: TypeArguments,
}

pub(super) enum ConstantName {
    Declared(Name),
    Literal(Constant),
}

pub(super) struct Constant {
    pub(super) ty: Type,
    pub(super) data: Vec<u8>,
    pub(super) at: Position,
}

/// An entry of a table to which nothing refers.
pub(super) enum Extra {
    Identifier(Name),
    Address(Address, Position),
    Signature(Vec<Type>, Position),
    /// What the operand of an instruction refers to.
    Operand(Instruction),
}
