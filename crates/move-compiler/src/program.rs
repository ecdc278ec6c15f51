//! All definitions of a compilation, resolved: what a name stands for, and the types of everything
//! that has one. Bodies are apart, in [`typed`](crate::typed).

use std::collections::BTreeMap;

use lumio_move_engine::{Address, ModuleId as ModuleName, format::AbilitySet};

use crate::{
    Ident, Span, Symbol,
    ast::{self, Attribute},
    typed::Value,
    types::{Type, TypeParameter},
};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids!(
    /// The number of a module or script.
    UnitId,
    /// The number of a struct or enum.
    StructId,
    /// The number of a function.
    FunctionId,
    /// The number of a constant.
    ConstId
);

/// Who can use a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Its module.
    Private,
    /// Its module and that module's friends.
    Friend,
    /// All modules of the package with the same address; friends in the bytecode.
    Package,
    /// Everybody.
    Public,
}

/// A module or script.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The module's full name; none of scripts.
    pub name: Option<ModuleName>,
    /// The name where it is written.
    pub ident: Ident,
    /// The named address that it is written with.
    pub address_name: Option<Symbol>,
    /// Attributes.
    pub attributes: Vec<Attribute>,
    /// The doc comment.
    pub doc: String,
    /// Whether it belongs to the package that is compiled; the others are dependencies, of which
    /// only inline functions have bodies.
    pub is_root: bool,
    /// Which package it belongs to.
    pub package: Symbol,
    /// Whether it is there for tests only.
    pub is_test_only: bool,
    /// Declared friends.
    pub friends: Vec<(UnitId, Span)>,
    /// Structs and enums, in order.
    pub structs: Vec<StructId>,
    /// Functions, in order.
    pub functions: Vec<FunctionId>,
    /// Constants, in order.
    pub constants: Vec<ConstId>,
    /// Where it is.
    pub span: Span,
}

/// A struct or enum.
#[derive(Clone, Debug)]
pub struct Struct {
    /// Where it belongs.
    pub unit: UnitId,
    /// Its name.
    pub name: Ident,
    /// Attributes.
    pub attributes: Vec<Attribute>,
    /// The doc comment.
    pub doc: String,
    /// Who can make and take it apart.
    pub visibility: Visibility,
    /// Its type parameters.
    pub type_parameters: Vec<TypeParameter>,
    /// What it declares.
    pub abilities: AbilitySet,
    /// Its contents.
    pub body: StructBody,
}

/// The contents of a struct or enum.
#[derive(Clone, Debug)]
pub enum StructBody {
    /// Nobody knows.
    Native,
    /// Fields; positional ones are called `0`, `1`, ….
    Fields(Vec<Field>),
    /// Variants of an enum.
    Variants(Vec<Variant>),
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: Type,
}

/// A variant.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name.
    pub name: Ident,
    /// Whether its fields are positional.
    pub is_positional: bool,
    /// Its fields.
    pub fields: Vec<Field>,
}

impl Struct {
    /// The fields of the struct, or of a variant.
    pub fn fields(&self, variant: Option<u16>) -> &[Field] {
        match (&self.body, variant) {
            (StructBody::Fields(fields), None) => fields,
            (StructBody::Variants(variants), Some(n)) => {
                variants.get(usize::from(n)).map_or(&[], |v| &v.fields)
            }
            _ => &[],
        }
    }
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Where it belongs.
    pub unit: UnitId,
    /// Its name.
    pub name: Ident,
    /// Attributes.
    pub attributes: Vec<Attribute>,
    /// The doc comment.
    pub doc: String,
    /// Who can call it.
    pub visibility: Visibility,
    /// Whether transactions can call it.
    pub is_entry: bool,
    /// Whether its body is put where it is called.
    pub is_inline: bool,
    /// Whether it has no body.
    pub is_native: bool,
    /// Whether it is there for tests only.
    pub is_test_only: bool,
    /// Its type parameters.
    pub type_parameters: Vec<TypeParameter>,
    /// Its parameters.
    pub parameters: Vec<(Ident, Type)>,
    /// What it returns: a tuple if not exactly one.
    pub returns: Type,
    /// What it says that it acquires.
    pub acquires: Vec<(StructId, Span)>,
    /// Its code as it was written, until it is checked.
    pub source: Option<std::rc::Rc<ast::Function>>,
    /// Where it is.
    pub span: Span,
}

/// A constant.
#[derive(Clone, Debug)]
pub struct Const {
    /// Where it belongs.
    pub unit: UnitId,
    /// Its name.
    pub name: Ident,
    /// Attributes.
    pub attributes: Vec<Attribute>,
    /// The doc comment.
    pub doc: String,
    /// Its type.
    pub ty: Type,
    /// Its value; absent if it has an error that has been told.
    pub value: Option<Value>,
    /// Whether it is there for tests only.
    pub is_test_only: bool,
    /// Where it is.
    pub span: Span,
}

/// All definitions.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Modules and scripts, roots last.
    pub units: Vec<Unit>,
    /// Structs and enums.
    pub structs: Vec<Struct>,
    /// Functions, lifted lambdas included.
    pub functions: Vec<Function>,
    /// Constants.
    pub constants: Vec<Const>,
    /// Named addresses.
    pub addresses: BTreeMap<Symbol, Address>,
    /// Modules by name.
    pub modules: BTreeMap<ModuleName, UnitId>,
}

impl Program {
    /// A module or script. There is one for every number that was given out.
    #[allow(clippy::indexing_slicing)]
    pub fn unit(&self, id: UnitId) -> &Unit {
        &self.units[id.index()]
    }

    /// A struct or enum, likewise.
    #[allow(clippy::indexing_slicing)]
    pub fn structure(&self, id: StructId) -> &Struct {
        &self.structs[id.index()]
    }

    /// A function, likewise.
    #[allow(clippy::indexing_slicing)]
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions[id.index()]
    }

    /// A constant, likewise.
    #[allow(clippy::indexing_slicing)]
    pub fn constant(&self, id: ConstId) -> &Const {
        &self.constants[id.index()]
    }
}
