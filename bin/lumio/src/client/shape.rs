//! What an argument of a Move type looks like in BCS.

use anyhow::bail;
use lumio_move_engine::{Address, StructTag, TypeTag};

/// The form of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Bool,
    /// An integer: bits, and whether it has a sign.
    Integer(usize, bool),
    Address,
    /// `0x1::string::String`
    Text,
    /// `vector<u8>`
    Bytes,
    List(Box<Shape>),
    Option(Box<Shape>),
    /// A struct that can only be given as BCS.
    Opaque,
}

impl Shape {
    /// The form of the values of a type.
    pub(crate) fn of(tag: &TypeTag) -> anyhow::Result<Self> {
        Ok(match tag {
            TypeTag::Bool => Self::Bool,
            TypeTag::U8 => Self::Integer(8, false),
            TypeTag::U16 => Self::Integer(16, false),
            TypeTag::U32 => Self::Integer(32, false),
            TypeTag::U64 => Self::Integer(64, false),
            TypeTag::U128 => Self::Integer(128, false),
            TypeTag::U256 => Self::Integer(256, false),
            TypeTag::I8 => Self::Integer(8, true),
            TypeTag::I16 => Self::Integer(16, true),
            TypeTag::I32 => Self::Integer(32, true),
            TypeTag::I64 => Self::Integer(64, true),
            TypeTag::I128 => Self::Integer(128, true),
            TypeTag::I256 => Self::Integer(256, true),
            TypeTag::Address => Self::Address,
            TypeTag::Vector(element) if **element == TypeTag::U8 => Self::Bytes,
            TypeTag::Vector(element) => Self::List(Box::new(Self::of(element)?)),
            TypeTag::Struct(tag) => Self::of_struct(tag)?,
            TypeTag::Signer | TypeTag::Function(_) => bail!("nobody can give a {tag}"),
        })
    }

    fn of_struct(tag: &StructTag) -> anyhow::Result<Self> {
        if tag.module.address != Address::ONE {
            return Ok(Self::Opaque);
        }
        let arguments = tag.type_arguments.as_slice();
        Ok(
            match (tag.module.name.as_str(), tag.name.as_str(), arguments) {
                ("string", "String", []) => Self::Text,
                ("option", "Option", [element]) => Self::Option(Box::new(Self::of(element)?)),
                ("object", "Object", [_]) => Self::Address,
                ("fixed_point32", "FixedPoint32", []) => Self::Integer(64, false),
                ("fixed_point64", "FixedPoint64", []) => Self::Integer(128, false),
                _ => Self::Opaque,
            },
        )
    }

    /// What lists and options of any depth hold in the end.
    pub(crate) fn leaf(&self) -> &Self {
        match self {
            Self::List(inner) | Self::Option(inner) => inner.leaf(),
            other => other,
        }
    }
}

/// The types of the arguments that a function takes beside its signers, with its type parameters
/// replaced. `parameters` are types as a module's ABI writes them.
pub(crate) fn argument_types(
    parameters: &[String],
    type_arguments: &[TypeTag],
) -> anyhow::Result<Vec<TypeTag>> {
    let is_signer = |text: &str| matches!(text, "signer" | "&signer");
    let given = parameters.iter().filter(|text| !is_signer(text));
    given
        .map(|text| Ok(substitute(text, type_arguments).parse()?))
        .collect()
}

/// Replaces type parameters (`T0`) by type arguments.
fn substitute(text: &str, type_arguments: &[TypeTag]) -> String {
    let mut out = String::new();
    let mut rest = text;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    while let Some(first) = rest.chars().next() {
        let end = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (word, after) = rest.split_at(end);
        let argument = word
            .strip_prefix('T')
            .filter(|_| !out.ends_with(':') && !after.starts_with(':'))
            .and_then(|number| number.parse::<usize>().ok())
            .and_then(|number| type_arguments.get(number));
        match argument {
            Some(argument) => out.push_str(&argument.to_string()),
            None => out.push_str(word),
        }
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn type_parameters_are_replaced_and_signers_left_out() {
        let parameters = [
            "&signer",
            "T0",
            "vector<T1>",
            "0x1::object::Object<0x2::T0::T1>",
            "0x1::option::Option<T0>",
        ];
        let parameters: Vec<_> = parameters.into_iter().map(String::from).collect();
        let coin: TypeTag = "0x1::aptos_coin::AptosCoin".parse().unwrap();
        let types = argument_types(&parameters, &[TypeTag::U8, coin]).unwrap();
        let shown: Vec<_> = types.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "u8",
                "vector<0x1::aptos_coin::AptosCoin>",
                "0x1::object::Object<0x2::T0::T1>",
                "0x1::option::Option<u8>",
            ]
        );
        let shape = |place: usize| Shape::of(&types[place]).unwrap();
        assert_eq!(shape(0), Shape::Integer(8, false));
        assert_eq!(shape(2), Shape::Address);
        assert_eq!(shape(3), Shape::Option(Box::new(Shape::Integer(8, false))));
        assert_eq!(*shape(1).leaf(), Shape::Opaque);
        assert!(Shape::of(&"signer".parse().unwrap()).is_err());
        // One that is missing stays, and is no type.
        assert!(argument_types(&parameters, &[]).is_err());
    }
}
