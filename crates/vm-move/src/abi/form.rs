//! What a Move type is in the ABI.

use alloc::{boxed::Box, format, string::String, vec::Vec};
use alloy_dyn_abi::DynSolType;
use lumio_move_engine::{Address, Givable, Layout, StructTag, code::Integer};

/// How a value looks in the ABI, and at the same time in BCS, which differ in little else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A word with 0 or 1.
    Bool,
    /// A word with a number.
    Integer(Integer),
    /// A word with an account.
    Account,
    /// `bytes`, or a `string`, which is UTF-8.
    Bytes {
        /// Whether it is.
        is_text: bool,
    },
    /// `bytesN`: the first bytes of a word.
    FixedBytes(usize),
    /// An array; with how many elements at most.
    Array(Box<Form>, usize),
    /// An array of so many elements, which its type tells.
    FixedArray(Box<Form>, usize),
    /// Values one after the other.
    Tuple(Vec<Form>),
}

/// A struct of the framework whose form is not that of its fields.
fn special(tag: &StructTag) -> Option<&'static str> {
    const SPECIAL: [(&str, &str); 3] = [
        ("string", "String"),
        ("object", "Object"),
        ("option", "Option"),
    ];
    let name = (tag.module.name.as_str(), tag.name.as_str());
    let known = SPECIAL.iter().find(|known| **known == name);
    known
        .filter(|_| tag.module.address == Address::ONE)
        .map(|(_, name)| *name)
}

impl Form {
    /// Of an argument that anybody may give.
    pub(crate) fn of_givable(givable: &Givable) -> Self {
        match givable {
            Givable::Bool => Self::Bool,
            Givable::Integer(integer) => Self::Integer(*integer),
            Givable::Address => Self::Account,
            Givable::Vector(element) => Self::vector(Self::of_givable(element)),
            Givable::Made(tag, parts) => {
                let mut parts: Vec<Self> = parts.iter().map(Self::of_givable).collect();
                match (special(tag), parts.pop(), parts.is_empty()) {
                    (Some("String"), ..) => Self::Bytes { is_text: true },
                    (Some("Option"), Some(Self::Array(element, _)), true) => {
                        Self::Array(element, 1)
                    }
                    (Some("Option"), Some(Self::Bytes { .. }), true) => {
                        Self::Array(Box::new(Self::Integer(Integer::U8)), 1)
                    }
                    (Some("Object"), Some(only), true) => only,
                    (_, Some(last), _) => {
                        parts.push(last);
                        Self::Tuple(parts)
                    }
                    (_, None, _) => Self::Tuple(parts),
                }
            }
        }
    }

    /// Of a value that is seen.
    ///
    /// # Errors
    /// The type's name, and that Solidity has nothing like it.
    pub(crate) fn of_layout(layout: &Layout) -> Result<Self, String> {
        Ok(match layout {
            Layout::Bool => Self::Bool,
            Layout::Integer(integer) => Self::Integer(*integer),
            Layout::Address => Self::Account,
            Layout::Vector(element) => Self::vector(Self::of_layout(element)?),
            Layout::Struct { tag, fields } => {
                let mut parts = Vec::new();
                for (_, field) in fields {
                    parts.push(Self::of_layout(field)?);
                }
                match (special(tag), parts.first()) {
                    (Some("String"), _) => Self::Bytes { is_text: true },
                    (Some("Object"), _) => Self::Account,
                    (Some("Option"), Some(Self::Array(element, _))) => {
                        Self::Array(element.clone(), 1)
                    }
                    (Some("Option"), Some(Self::Bytes { .. })) => {
                        Self::Array(Box::new(Self::Integer(Integer::U8)), 1)
                    }
                    _ => Self::Tuple(parts),
                }
            }
            Layout::Enum { tag, variants } => match (special(tag), variants.last()) {
                (Some("Option"), Some((_, fields))) if variants.len() == 2 => {
                    let mut parts = Vec::new();
                    for (_, field) in fields {
                        parts.push(Self::of_layout(field)?);
                    }
                    let only = parts.pop().ok_or_else(|| no_form(tag))?;
                    Self::Array(Box::new(only), 1)
                }
                _ => return Err(no_form(tag)),
            },
            Layout::Signer => return Err("Solidity has no form of a signer".into()),
            Layout::Function => return Err("Solidity has no form of a function value".into()),
        })
    }

    fn vector(element: Self) -> Self {
        match element {
            Self::Integer(Integer::U8) => Self::Bytes { is_text: false },
            element => Self::Array(Box::new(element), usize::MAX),
        }
    }

    /// Whether its place in a tuple holds an offset.
    pub(crate) fn is_dynamic(&self) -> bool {
        match self {
            Self::Bool | Self::Integer(_) | Self::Account | Self::FixedBytes(_) => false,
            Self::Bytes { .. } | Self::Array(..) => true,
            Self::FixedArray(element, _) => element.is_dynamic(),
            Self::Tuple(parts) => parts.iter().any(Self::is_dynamic),
        }
    }

    /// Words that its place in a tuple takes.
    pub(crate) fn head_words(&self) -> usize {
        match self {
            Self::Tuple(parts) if !self.is_dynamic() => parts
                .iter()
                .map(Self::head_words)
                .fold(0, usize::saturating_add),
            Self::FixedArray(element, count) if !element.is_dynamic() => {
                element.head_words().saturating_mul(*count)
            }
            _ => 1,
        }
    }

    /// The forms of values of Solidity types that together make a value of this form: the fields
    /// of a struct, or the value itself.
    ///
    /// # Errors
    /// Which type does not fit.
    pub(crate) fn into_types(self, types: &[DynSolType]) -> Result<Vec<Self>, String> {
        match (types, self) {
            ([only], Self::Tuple(parts)) => {
                let whole = Self::Tuple(parts.clone()).into_type(only);
                whole
                    .map(|form| alloc::vec![form])
                    .or_else(|why| Self::as_list(parts, types).map_err(|_| why))
            }
            ([only], form) => Ok(alloc::vec![form.into_type(only)?]),
            (types, Self::Tuple(parts)) => Self::as_list(parts, types),
            (types, _) => Err(format!(
                "{} values must be decoded into a struct",
                types.len()
            )),
        }
    }

    fn as_list(parts: Vec<Self>, types: &[DynSolType]) -> Result<Vec<Self>, String> {
        if parts.len() != types.len() {
            return Err(format!(
                "{} values cannot be decoded into a struct of {} fields",
                types.len(),
                parts.len()
            ));
        }
        let pairs = parts.into_iter().zip(types);
        pairs.map(|(part, ty)| part.into_type(ty)).collect()
    }

    /// How a value of this form is written by a Solidity type.
    fn into_type(self, ty: &DynSolType) -> Result<Self, String> {
        let byte = || Box::new(Self::Integer(Integer::U8));
        Ok(match (self, ty) {
            (Self::Bool, DynSolType::Bool) => Self::Bool,
            (Self::Integer(integer), DynSolType::Uint(_)) if !integer.is_signed() => {
                Self::Integer(integer)
            }
            (Self::Integer(integer), DynSolType::Int(_)) if integer.is_signed() => {
                Self::Integer(integer)
            }
            (Self::Account, DynSolType::Address | DynSolType::FixedBytes(32)) => Self::Account,
            (Self::Bytes { is_text }, DynSolType::Bytes | DynSolType::String) => {
                Self::Bytes { is_text }
            }
            (Self::Bytes { is_text: false }, DynSolType::FixedBytes(size)) => {
                Self::FixedBytes(*size)
            }
            (Self::Bytes { is_text: false }, DynSolType::Array(element))
                if **element == DynSolType::Uint(8) =>
            {
                Self::Array(byte(), usize::MAX)
            }
            (Self::Bytes { is_text: false }, DynSolType::FixedArray(element, count))
                if **element == DynSolType::Uint(8) =>
            {
                Self::FixedArray(byte(), *count)
            }
            (Self::Array(form, most), DynSolType::Array(element)) => {
                Self::Array(Box::new(form.into_type(element)?), most)
            }
            (Self::Array(form, most), DynSolType::FixedArray(element, count)) if *count <= most => {
                Self::FixedArray(Box::new(form.into_type(element)?), *count)
            }
            (Self::Tuple(parts), DynSolType::Tuple(types)) => {
                Self::Tuple(Self::as_list(parts, types)?)
            }
            (form, ty) => return Err(format!("{ty} cannot be decoded into {}", form.name())),
        })
    }

    /// What it is called in messages.
    fn name(&self) -> &'static str {
        match self {
            Self::Bool => "a bool",
            Self::Integer(integer) if integer.is_signed() => "a signed integer",
            Self::Integer(_) => "an unsigned integer",
            Self::Account => "an address",
            Self::Bytes { is_text: true } => "a string",
            Self::Bytes { is_text: false } | Self::FixedBytes(_) => "a vector of bytes",
            Self::Array(_, 1) => "an option",
            Self::Array(..) | Self::FixedArray(..) => "a vector",
            Self::Tuple(_) => "a struct",
        }
    }

    /// What a list of values of a struct type has: its fields; of another type, itself.
    pub(crate) fn into_list(self) -> Vec<Self> {
        match self {
            Self::Tuple(parts) => parts,
            only => alloc::vec![only],
        }
    }
}

fn no_form(tag: &StructTag) -> String {
    format!("Solidity has no form of the enum {tag}")
}
