//! A module and a script as values: the tables of a binary, in their own types.

use alloc::{string::String, vec::Vec};
use core::ops::{Deref, DerefMut};

use super::{
    AbilitySet, AddressIndex, Bytecode, FieldHandleIndex, FunctionHandleIndex, IdentifierIndex,
    ModuleHandleIndex, SignatureIndex, SignatureToken, StructDefIndex, StructHandleIndex,
    StructTypeParameter, StructVariantHandleIndex, VariantFieldHandleIndex,
};
use crate::Address;

/// Names a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModuleHandle {
    /// Where it is published.
    pub address: AddressIndex,
    /// Its name.
    pub name: IdentifierIndex,
}

/// Names a struct or enum and says what the binary expects of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StructHandle {
    /// The module that defines it.
    pub module: ModuleHandleIndex,
    /// Its name.
    pub name: IdentifierIndex,
    /// Its declared abilities.
    pub abilities: AbilitySet,
    /// Its type parameters.
    pub type_parameters: Vec<StructTypeParameter>,
}

/// Names a function and says what the binary expects of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FunctionHandle {
    /// The module that defines it.
    pub module: ModuleHandleIndex,
    /// Its name.
    pub name: IdentifierIndex,
    /// What it takes.
    pub parameters: SignatureIndex,
    /// What it returns.
    pub returns: SignatureIndex,
    /// Constraints of its type parameters.
    pub type_parameters: Vec<AbilitySet>,
    /// What it may access, since version 7; `None` is everything.
    pub access_specifiers: Option<Vec<AccessSpecifier>>,
    /// Since version 8.
    pub attributes: Vec<FunctionAttribute>,
}

/// A property of a function that callers can rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FunctionAttribute {
    /// Its signature will not change: it may be stored as a function value (code 1).
    Persistent,
    /// While it runs, its module cannot be entered again (code 2).
    ModuleLock,
    /// Builds a struct of the module (code 3, AIP-142).
    Pack,
    /// Builds the numbered variant (code 4, AIP-142).
    PackVariant(u16),
    /// Takes a struct apart (code 5, AIP-142).
    Unpack,
    /// Takes the numbered variant apart (code 6, AIP-142).
    UnpackVariant(u16),
    /// Tests for the numbered variant (code 7, AIP-142).
    TestVariant(u16),
    /// Borrows the numbered field (code 8, AIP-142).
    BorrowFieldImmutable(u16),
    /// Borrows the numbered field mutably (code 9, AIP-142).
    BorrowFieldMutable(u16),
}

/// One entry of the list of resources that a function says it accesses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccessSpecifier {
    /// How.
    pub kind: AccessKind,
    /// Whether it is an exclusion.
    pub negated: bool,
    /// Which resources.
    pub resource: ResourceSpecifier,
    /// At which addresses.
    pub address: AddressSpecifier,
}

/// How a resource is accessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccessKind {
    /// Read only.
    Reads,
    /// Written.
    Writes,
    /// Either.
    Acquires,
}

/// Which resources an access specifier means.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ResourceSpecifier {
    /// All.
    Any,
    /// Those declared at an address.
    DeclaredAtAddress(AddressIndex),
    /// Those declared in a module.
    DeclaredInModule(ModuleHandleIndex),
    /// One type, with any type arguments.
    Resource(StructHandleIndex),
    /// One type with type arguments.
    ResourceInstantiation(StructHandleIndex, SignatureIndex),
}

/// Which addresses an access specifier means.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AddressSpecifier {
    /// All.
    Any,
    /// One.
    Literal(AddressIndex),
    /// The value of a parameter, or what a function makes of it.
    Parameter(u8, Option<super::FunctionInstIndex>),
}

/// A generic function with type arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FunctionInstantiation {
    /// The function.
    pub handle: FunctionHandleIndex,
    /// Its type arguments.
    pub type_arguments: SignatureIndex,
}

/// A struct that the module defines.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StructDefinition {
    /// Its name, abilities and type parameters.
    pub handle: StructHandleIndex,
    /// What it consists of.
    pub fields: StructFields,
}

/// What a struct or enum consists of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StructFields {
    /// Known to the machine only.
    Native,
    /// Of a struct.
    Declared(Vec<FieldDefinition>),
    /// Of an enum, since version 7.
    Variants(Vec<VariantDefinition>),
}

impl StructFields {
    /// The fields of a struct (`None`) or of a variant.
    pub fn of(&self, variant: Option<u16>) -> Option<&[FieldDefinition]> {
        match (self, variant) {
            (Self::Declared(fields), None) => Some(fields),
            (Self::Variants(variants), Some(v)) => {
                variants.get(usize::from(v)).map(|v| v.fields.as_slice())
            }
            (Self::Native, _) | (Self::Declared(_), Some(_)) | (Self::Variants(_), None) => None,
        }
    }

    /// The variants of an enum; empty for a struct.
    pub fn variants(&self) -> &[VariantDefinition] {
        match self {
            Self::Variants(variants) => variants,
            Self::Native | Self::Declared(_) => &[],
        }
    }

    /// The fields of a struct, or of all variants of an enum one after the other.
    pub fn all(&self) -> impl Iterator<Item = &FieldDefinition> {
        let declared = match self {
            Self::Declared(fields) => fields.as_slice(),
            Self::Native | Self::Variants(_) => &[],
        };
        declared
            .iter()
            .chain(self.variants().iter().flat_map(|v| &v.fields))
    }
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldDefinition {
    /// Its name.
    pub name: IdentifierIndex,
    /// Its type.
    pub token: SignatureToken,
}

/// A variant of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VariantDefinition {
    /// Its name.
    pub name: IdentifierIndex,
    /// Its fields.
    pub fields: Vec<FieldDefinition>,
}

/// A generic struct with type arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StructInstantiation {
    /// The struct.
    pub def: StructDefIndex,
    /// Its type arguments.
    pub type_arguments: SignatureIndex,
}

/// A function that the module defines.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FunctionDefinition {
    /// Its name and signature.
    pub handle: FunctionHandleIndex,
    /// Who may call it.
    pub visibility: Visibility,
    /// Whether a transaction may call it.
    pub is_entry: bool,
    /// The module's own resources that it or what it calls borrows.
    pub acquires: Vec<StructDefIndex>,
    /// `None` if native.
    pub code: Option<CodeUnit>,
}

/// Who may call a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// Its module (code 0).
    Private,
    /// Everyone (code 1).
    Public,
    /// Its module and the module's friends (code 3).
    Friend,
}

/// A function's body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CodeUnit {
    /// Types of the locals after the parameters.
    pub locals: SignatureIndex,
    /// The instructions.
    pub code: Vec<Bytecode>,
}

/// A field of a struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldHandle {
    /// The struct.
    pub def: StructDefIndex,
    /// The field's number.
    pub field: u16,
}

/// A field of a generic struct with type arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldInstantiation {
    /// The field.
    pub handle: FieldHandleIndex,
    /// The struct's type arguments.
    pub type_arguments: SignatureIndex,
}

/// A field that some variants of an enum share at the same place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VariantFieldHandle {
    /// The enum.
    pub def: StructDefIndex,
    /// The variants.
    pub variants: Vec<u16>,
    /// The field's number in each of them.
    pub field: u16,
}

/// Such a field with type arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VariantFieldInstantiation {
    /// The field.
    pub handle: VariantFieldHandleIndex,
    /// The enum's type arguments.
    pub type_arguments: SignatureIndex,
}

/// A variant of an enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StructVariantHandle {
    /// The enum.
    pub def: StructDefIndex,
    /// The variant's number.
    pub variant: u16,
}

/// A variant of a generic enum with type arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StructVariantInstantiation {
    /// The variant.
    pub handle: StructVariantHandleIndex,
    /// The enum's type arguments.
    pub type_arguments: SignatureIndex,
}

/// A constant: its type and its BCS.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Constant {
    /// Its type.
    pub token: SignatureToken,
    /// Its value in BCS.
    pub data: Vec<u8>,
}

/// Something that tools attach to a binary.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Metadata {
    /// What it is, for example `aptos::metadata_v1`.
    pub key: Vec<u8>,
    /// The content.
    pub value: Vec<u8>,
}

/// The tables of a binary. A script has none of the kinds that define something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tables {
    /// The format's version, 5 to 10.
    pub version: u32,
    /// Modules that are named.
    pub module_handles: Vec<ModuleHandle>,
    /// Structs that are named.
    pub struct_handles: Vec<StructHandle>,
    /// Functions that are named.
    pub function_handles: Vec<FunctionHandle>,
    /// Generic functions with type arguments.
    pub function_insts: Vec<FunctionInstantiation>,
    /// Lists of types.
    pub signatures: Vec<Vec<SignatureToken>>,
    /// Constants.
    pub constants: Vec<Constant>,
    /// Names.
    pub identifiers: Vec<String>,
    /// Addresses.
    pub addresses: Vec<Address>,
    /// What tools attached.
    pub metadata: Vec<Metadata>,
    /// Structs that are defined.
    pub struct_defs: Vec<StructDefinition>,
    /// Generic structs with type arguments.
    pub struct_insts: Vec<StructInstantiation>,
    /// Functions that are defined.
    pub function_defs: Vec<FunctionDefinition>,
    /// Fields.
    pub field_handles: Vec<FieldHandle>,
    /// Fields with type arguments.
    pub field_insts: Vec<FieldInstantiation>,
    /// Modules that may call friend functions.
    pub friends: Vec<ModuleHandle>,
    /// Fields of variants.
    pub variant_field_handles: Vec<VariantFieldHandle>,
    /// Fields of variants with type arguments.
    pub variant_field_insts: Vec<VariantFieldInstantiation>,
    /// Variants.
    pub struct_variant_handles: Vec<StructVariantHandle>,
    /// Variants with type arguments.
    pub struct_variant_insts: Vec<StructVariantInstantiation>,
}

/// A module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompiledModule {
    /// Everything that it names and defines.
    pub tables: Tables,
    /// Its own name.
    pub self_handle: ModuleHandleIndex,
}

/// A script: one function that is run and not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompiledScript {
    /// Everything that it names.
    pub tables: Tables,
    /// Constraints of its type parameters.
    pub type_parameters: Vec<AbilitySet>,
    /// What it takes.
    pub parameters: SignatureIndex,
    /// Its body.
    pub code: CodeUnit,
}

macro_rules! has_tables {
    ($($name:ident)*) => {$(
        impl Deref for $name {
            type Target = Tables;
            fn deref(&self) -> &Tables {
                &self.tables
            }
        }
        impl DerefMut for $name {
            fn deref_mut(&mut self) -> &mut Tables {
                &mut self.tables
            }
        }
    )*};
}
has_tables!(CompiledModule CompiledScript);
