//! What a Move type is in the ABI.

use alloc::{boxed::Box, format, string::String, vec::Vec};
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
    /// An array; with how many elements at most.
    Array(Box<Form>, usize),
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
            Self::Bool | Self::Integer(_) | Self::Account => false,
            Self::Bytes { .. } | Self::Array(..) => true,
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
            _ => 1,
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
