//! Arguments of functions and scripts: text such as `u64:1`, `address:alice` or `string:["a","b"]`
//! to the BCS of the type that the function takes there. The type in the text may be left out.

use super::{profiles::Profiles, shape::Shape, value::Value};
use anyhow::{Context as _, anyhow, bail};
use lumio_move_engine::{
    TypeTag, U256,
    bcs::{put_bytes, put_uleb},
};

/// The type that a text says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bool,
    Integer(usize, bool),
    Address,
    Text,
    Hex,
    /// The BCS of anything.
    Raw,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "bool" => Self::Bool,
            "address" => Self::Address,
            "string" => Self::Text,
            "hex" => Self::Hex,
            "raw" => Self::Raw,
            _ => {
                let (signed, bits) = match name.split_at_checked(1)? {
                    ("u", bits) => (false, bits),
                    ("i", bits) => (true, bits),
                    _ => return None,
                };
                let widths = ["8", "16", "32", "64", "128", "256"];
                let bits = widths.into_iter().find(|known| *known == bits)?;
                Self::Integer(bits.parse().ok()?, signed)
            }
        })
    }

    /// Whether a value of this type can stand where one of a form is wanted.
    fn fits(self, shape: &Shape) -> bool {
        match (self, shape.leaf()) {
            (Self::Raw, _)
            | (Self::Bool, Shape::Bool)
            | (Self::Address, Shape::Address)
            | (Self::Text | Self::Hex, Shape::Text | Shape::Bytes)
            | (Self::Integer(8, false), Shape::Bytes) => true,
            (Self::Integer(bits, signed), Shape::Integer(wanted, sign)) => {
                bits == *wanted && signed == *sign
            }
            _ => false,
        }
    }
}

/// Reads arguments.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    /// Addresses may be given by their names.
    pub(crate) profiles: &'a Profiles,
}

impl Reader<'_> {
    /// Reads `TYPE:VALUE`, or a value alone.
    pub(crate) fn text(&self, text: &str, tag: &TypeTag) -> anyhow::Result<Vec<u8>> {
        let typed = text.split_once(':');
        let typed = typed.and_then(|(name, value)| Some((name, Kind::of(name)?, value)));
        let (kind, value) = match typed {
            Some((name, kind, value)) => (Some((name, kind)), value),
            None => (None, text),
        };
        let takes_list = match Shape::of(tag)? {
            Shape::Bytes => !matches!(kind, Some((_, Kind::Text | Kind::Hex | Kind::Raw))),
            Shape::List(_) | Shape::Option(_) => true,
            _ => false,
        };
        let value = if takes_list && value.trim_start().starts_with('[') {
            Value::list(value)?
        } else {
            Value::Word(value.to_owned())
        };
        self.value(kind, &value, tag)
    }

    /// Reads a value of a file, with the name of its type.
    pub(crate) fn typed(
        &self,
        name: &str,
        value: &Value,
        tag: &TypeTag,
    ) -> anyhow::Result<Vec<u8>> {
        let kind = Kind::of(name).with_context(|| {
            format!(
                "{name:?} is no type of an argument: they are address, bool, hex, raw, string, \
                 u8 to u256 and i8 to i256"
            )
        })?;
        self.value(Some((name, kind)), value, tag)
    }

    fn value(
        &self,
        kind: Option<(&str, Kind)>,
        value: &Value,
        tag: &TypeTag,
    ) -> anyhow::Result<Vec<u8>> {
        let shape = Shape::of(tag)?;
        if let Some((name, kind)) = kind {
            if !kind.fits(&shape) {
                bail!("it takes {tag}, not {name}{}", hint(&shape));
            }
            if let (Kind::Raw, Value::Word(digits)) = (kind, value) {
                return hex(digits);
            }
        }
        let mut out = Vec::new();
        self.write(kind.map(|(_, kind)| kind), value, &shape, &mut out)
            .map_err(|error| anyhow!("it takes {tag}: {error:#}"))?;
        Ok(out)
    }

    fn write(
        &self,
        kind: Option<Kind>,
        value: &Value,
        shape: &Shape,
        out: &mut Vec<u8>,
    ) -> anyhow::Result<()> {
        match (shape, value) {
            (Shape::List(element), Value::List(items)) => {
                put_uleb(out, items.len() as u64);
                for item in items {
                    self.write(kind, item, element, out)?;
                }
            }
            (Shape::List(_), Value::Word(word)) => bail!("write [{word}], a list"),
            (Shape::Option(element), Value::List(items)) => match items.as_slice() {
                [] => out.push(0),
                [item] => {
                    out.push(1);
                    self.write(kind, item, element, out)?;
                }
                _ => bail!("write [] for nothing, or [VALUE]"),
            },
            (Shape::Option(element), Value::Word(_)) => {
                out.push(1);
                self.write(kind, value, element, out)?;
            }
            (Shape::Bytes, Value::List(items)) => {
                put_uleb(out, items.len() as u64);
                for item in items {
                    self.write(kind, item, &Shape::Integer(8, false), out)?;
                }
            }
            (_, Value::List(_)) => bail!("it is no list"),
            (Shape::Bool, Value::Word(word)) => match word.as_str() {
                "true" => out.push(1),
                "false" => out.push(0),
                _ => bail!("{word:?} is neither true nor false"),
            },
            (Shape::Integer(bits, signed), Value::Word(word)) => {
                out.extend(integer(word, *bits, *signed)?);
            }
            (Shape::Address, Value::Word(word)) => out.extend(self.profiles.address(word)?.0),
            (Shape::Text, Value::Word(word)) if kind == Some(Kind::Hex) => {
                let bytes = hex(word)?;
                std::str::from_utf8(&bytes).context("the bytes are no UTF-8 text")?;
                put_bytes(out, &bytes);
            }
            (Shape::Text, Value::Word(word)) => put_bytes(out, word.as_bytes()),
            (Shape::Bytes, Value::Word(word)) => match kind {
                Some(Kind::Text) => put_bytes(out, word.as_bytes()),
                None if !word.starts_with("0x") => {
                    bail!("write hex digits after 0x, a list [1,2], or string:{word}")
                }
                Some(Kind::Integer(..)) => bail!("write a list [1,2], or hex:…"),
                _ => put_bytes(out, &hex(word)?),
            },
            (Shape::Opaque, Value::Word(_)) => bail!("give its BCS as raw:0x…"),
        }
        Ok(())
    }
}

/// How to write a value of a form.
fn hint(shape: &Shape) -> String {
    let example = match shape.leaf() {
        Shape::Bool => "bool:true".to_owned(),
        Shape::Integer(bits, signed) => format!("{}{bits}:1", if *signed { "i" } else { "u" }),
        Shape::Address => "address:0x1".to_owned(),
        Shape::Text => "string:hello".to_owned(),
        Shape::Bytes => "hex:0x01".to_owned(),
        Shape::Opaque | Shape::List(_) | Shape::Option(_) => "raw:0x…, its BCS".to_owned(),
    };
    match (shape, example.split_once(':')) {
        (Shape::List(_), Some((kind, value))) => format!(": write '{kind}:[{value}]'"),
        _ => format!(": write {example}"),
    }
}

/// Reads hex digits, with or without `0x`.
pub(crate) fn hex(text: &str) -> anyhow::Result<Vec<u8>> {
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let bytes = digits.chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
        _ => None,
    });
    let bytes: Option<Vec<u8>> = bytes.collect();
    bytes.with_context(|| format!("{text:?} is not an even number of hex digits"))
}

/// The little-endian bytes of a number.
fn integer(word: &str, bits: usize, signed: bool) -> anyhow::Result<Vec<u8>> {
    let name = format!("{}{bits}", if signed { "i" } else { "u" });
    let (negative, digits) = match word.strip_prefix('-') {
        Some(digits) if signed => (true, digits),
        _ => (false, word),
    };
    let plain = digits.replace('_', "");
    let (radix, plain) = match plain.strip_prefix("0x") {
        Some(rest) => (16, rest),
        None => (10, plain.as_str()),
    };
    if plain.is_empty() || !plain.chars().all(|c| c.is_digit(radix)) {
        bail!("{word:?} is no {name}");
    }
    let does_not_fit = || anyhow!("{word} does not fit into {name}");
    let number = U256::from_str_radix(plain, u64::from(radix)).map_err(|_| does_not_fit())?;
    let value_bits = if signed { bits.saturating_sub(1) } else { bits };
    let limit = U256::from(1).checked_shl(value_bits);
    let fits = match limit {
        None => true,
        Some(limit) if negative => number <= limit,
        Some(limit) => number < limit,
    };
    if !fits {
        return Err(does_not_fit());
    }
    let number = if negative {
        number.wrapping_neg()
    } else {
        number
    };
    let bytes = number.to_le_bytes::<32>();
    Ok(bytes.into_iter().take(bits / 8).collect())
}
