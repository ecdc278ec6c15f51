//! Type tags: types by name, as transactions, state keys and clients write them.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;

use crate::{ModuleId, format::AbilitySet};

/// A type by name. Its BCS is that of Aptos: `bool` 0, `u8` 1, `u64` 2, `u128` 3, `address` 4,
/// `signer` 5, `vector` 6, struct 7, `u16` 8, `u32` 9, `u256` 10, function 11, `i8` 12 to `i256` 17.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the types")]
pub enum TypeTag {
    Bool,
    U8,
    U64,
    U128,
    Address,
    Signer,
    Vector(Box<TypeTag>),
    Struct(Box<StructTag>),
    U16,
    U32,
    U256,
    Function(Box<FunctionTag>),
    I8,
    I16,
    I32,
    I64,
    I128,
    I256,
}

/// A struct or enum by name, with its type arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StructTag {
    /// The module that defines it.
    pub module: ModuleId,
    /// Its name.
    pub name: String,
    /// Its type arguments.
    pub type_arguments: Vec<TypeTag>,
}

/// A function type by name. Its BCS has, for each parameter and result, whether it is a value (0),
/// a reference (1) or a mutable reference (2).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionTag {
    /// What it takes.
    pub parameters: Vec<FunctionParameterTag>,
    /// What it returns.
    pub results: Vec<FunctionParameterTag>,
    /// What values of the type may do.
    pub abilities: AbilitySet,
}

/// A parameter or result of a function type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FunctionParameterTag {
    /// `T`
    Value(TypeTag),
    /// `&T`
    Reference(TypeTag),
    /// `&mut T`
    MutableReference(TypeTag),
}

/// Writes tags; addresses as 64 hex digits without `0x` if `canonical`, else short with `0x`.
struct Written<'a>(&'a TypeTag, bool);

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let canonical = self.1;
        match self.0 {
            TypeTag::Bool => f.write_str("bool"),
            TypeTag::U8 => f.write_str("u8"),
            TypeTag::U16 => f.write_str("u16"),
            TypeTag::U32 => f.write_str("u32"),
            TypeTag::U64 => f.write_str("u64"),
            TypeTag::U128 => f.write_str("u128"),
            TypeTag::U256 => f.write_str("u256"),
            TypeTag::I8 => f.write_str("i8"),
            TypeTag::I16 => f.write_str("i16"),
            TypeTag::I32 => f.write_str("i32"),
            TypeTag::I64 => f.write_str("i64"),
            TypeTag::I128 => f.write_str("i128"),
            TypeTag::I256 => f.write_str("i256"),
            TypeTag::Address => f.write_str("address"),
            TypeTag::Signer => f.write_str("signer"),
            TypeTag::Vector(inner) => write!(f, "vector<{}>", Written(inner, canonical)),
            TypeTag::Struct(tag) => write_struct(f, tag, canonical),
            TypeTag::Function(tag) => write_function(f, tag, canonical),
        }
    }
}

fn write_struct(f: &mut fmt::Formatter<'_>, tag: &StructTag, canonical: bool) -> fmt::Result {
    let address = tag.module.address;
    let address = if canonical {
        address.to_hex()
    } else {
        address.to_short_hex()
    };
    write!(f, "{address}::{}::{}", tag.module.name, tag.name)?;
    for (i, argument) in tag.type_arguments.iter().enumerate() {
        f.write_str(if i == 0 { "<" } else { ", " })?;
        write!(f, "{}", Written(argument, canonical))?;
    }
    if tag.type_arguments.is_empty() {
        Ok(())
    } else {
        f.write_str(">")
    }
}

fn write_function(f: &mut fmt::Formatter<'_>, tag: &FunctionTag, canonical: bool) -> fmt::Result {
    let list = |f: &mut fmt::Formatter<'_>, items: &[FunctionParameterTag]| {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            match item {
                FunctionParameterTag::Value(t) => write!(f, "{}", Written(t, canonical))?,
                FunctionParameterTag::Reference(t) => write!(f, "&{}", Written(t, canonical))?,
                FunctionParameterTag::MutableReference(t) => {
                    write!(f, "&mut {}", Written(t, canonical))?;
                }
            }
        }
        Ok(())
    };
    f.write_str("|")?;
    list(f, &tag.parameters)?;
    f.write_str("|")?;
    match tag.results.as_slice() {
        [one] => list(f, core::slice::from_ref(one))?,
        many => {
            f.write_str("(")?;
            list(f, many)?;
            f.write_str(")")?;
        }
    }
    for (i, ability) in tag.abilities.iter().enumerate() {
        f.write_str(if i == 0 { " has " } else { " + " })?;
        f.write_str(ability.name())?;
    }
    Ok(())
}

impl fmt::Display for TypeTag {
    /// Addresses in short form, as tools show them: `0x1::coin::Coin<u64>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Written(self, false).fmt(f)
    }
}

impl fmt::Display for StructTag {
    /// As [`TypeTag`]'s.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_struct(f, self, false)
    }
}

impl TypeTag {
    /// Addresses as 64 hex digits without `0x`: the form that is hashed.
    pub fn to_canonical_string(&self) -> String {
        alloc::format!("{}", Written(self, true))
    }
}
