//! The positional parameters of a request, read as leniently as geth and
//! anvil read them, with geth's words when they are wrong.

use super::error::RpcError;
use alloy_eips::{BlockId, BlockNumberOrTag, RpcBlockHash};
use alloy_primitives::{B256, U256};
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::fmt;

/// The parameters, not yet looked into.
#[derive(Debug)]
pub(super) struct Args<'a> {
    values: Vec<&'a RawValue>,
}

impl<'a> Args<'a> {
    /// Splits the `params` of a request. None and `null` mean no parameters.
    pub(super) fn parse(params: Option<&'a str>) -> Result<Self, RpcError> {
        let values = match params.map(str::trim_start) {
            None | Some("null" | "") => Vec::new(),
            Some(list) if list.starts_with('[') => serde_json::from_str(list)
                .map_err(|error| RpcError::InvalidParams(reason(&error)))?,
            Some(_) => return Err(RpcError::InvalidParams("non-array args".into())),
        };
        Ok(Self { values })
    }

    /// The JSON of a parameter that is there and not null.
    pub(super) fn raw(&self, index: usize) -> Option<&'a str> {
        self.values
            .get(index)
            .map(|value| value.get())
            .filter(|json| *json != "null")
    }

    /// A parameter that must be there.
    pub(super) fn get<T: DeserializeOwned>(&self, index: usize) -> Result<T, RpcError> {
        self.maybe(index)?.ok_or(RpcError::MissingArgument(index))
    }

    /// A parameter that may be missing or null.
    pub(super) fn maybe<T: DeserializeOwned>(&self, index: usize) -> Result<Option<T>, RpcError> {
        self.raw(index)
            .map(serde_json::from_str)
            .transpose()
            .map_err(|error| RpcError::InvalidArgument {
                index,
                reason: reason(&error),
            })
    }

    /// A block, `latest` if it is missing.
    pub(super) fn block(&self, index: usize) -> Result<BlockId, RpcError> {
        Ok(self
            .maybe::<BlockRef>(index)?
            .map_or_else(BlockId::latest, |block| block.0))
    }

    /// A block that must be there.
    pub(super) fn given_block(&self, index: usize) -> Result<BlockId, RpcError> {
        Ok(self.get::<BlockRef>(index)?.0)
    }

    /// A block that must be there, by its hash and nothing else.
    pub(super) fn given_hash(&self, index: usize) -> Result<BlockId, RpcError> {
        Ok(self.get::<B256>(index)?.into())
    }

    /// An unsigned number that must be there.
    pub(super) fn u64(&self, index: usize) -> Result<u64, RpcError> {
        self.maybe_u64(index)?
            .ok_or(RpcError::MissingArgument(index))
    }

    /// An unsigned number.
    pub(super) fn maybe_u64(&self, index: usize) -> Result<Option<u64>, RpcError> {
        self.maybe::<Quantity>(index)?
            .map(|quantity| {
                u64::try_from(quantity.0).map_err(|_| RpcError::InvalidArgument {
                    index,
                    reason: "number does not fit into 64 bits".into(),
                })
            })
            .transpose()
    }
}

/// serde's words without the position, which is one inside the parameter.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text.get(..end).unwrap_or(&text).to_owned(),
        None => text,
    }
}

/// An unsigned number: hex with or without leading zeros, decimal digits in a
/// string, or a JSON number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quantity(pub(super) U256);

/// A signed number in the same forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signed(pub(super) i64);

/// A storage slot or word: hex digits, filled up with zeros on the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word(pub(super) U256);

/// A block: a tag, a number, a hash, or an object of EIP-1898.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockRef(pub(super) BlockId);

fn unsigned(text: &str) -> Result<U256, String> {
    let parsed = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some("") => Ok(U256::ZERO),
        Some(digits) => U256::from_str_radix(digits, 16),
        None if text.is_empty() => return Err("empty number".into()),
        None => U256::from_str_radix(text, 10),
    };
    parsed.map_err(|_| format!("`{}` is not a number of at most 256 bits", shorten(text)))
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

struct QuantityVisitor;

impl Visitor<'_> for QuantityVisitor {
    type Value = U256;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, as 0x-prefixed hex or as digits")
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<U256, E> {
        Ok(U256::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<U256, E> {
        // JavaScript writes large round numbers as 1e21.
        let whole = value.is_finite() && value >= 0.0 && value.fract() == 0.0;
        if whole {
            unsigned(&format!("{value:.0}")).map_err(E::custom)
        } else {
            Err(E::custom("expected a whole number that is not negative"))
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<U256, E> {
        unsigned(text).map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(QuantityVisitor).map(Self)
    }
}

struct SignedVisitor;

impl Visitor<'_> for SignedVisitor {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of seconds, as 0x-prefixed hex or as digits")
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<i64, E> {
        i64::try_from(value).map_err(|_| E::custom("number does not fit into 64 bits"))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<i64, E> {
        Ok(value)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<i64, E> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let value = unsigned(digits).map_err(E::custom)?;
        let value =
            i64::try_from(value).map_err(|_| E::custom("number does not fit into 64 bits"))?;
        Ok(if negative {
            value.saturating_neg()
        } else {
            value
        })
    }
}

impl<'de> Deserialize<'de> for Signed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SignedVisitor).map(Self)
    }
}

struct WordVisitor;

impl Visitor<'_> for WordVisitor {
    type Value = U256;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("at most 32 bytes of 0x-prefixed hex")
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<U256, E> {
        Ok(U256::from(value))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<U256, E> {
        let digits = text
            .strip_prefix("0x")
            .or_else(|| text.strip_prefix("0X"))
            .unwrap_or(text);
        if digits.is_empty() {
            return Ok(U256::ZERO);
        }
        if digits.len() > 64 {
            return Err(E::custom("hex string too long: want at most 32 bytes"));
        }
        U256::from_str_radix(digits, 16).map_err(|_| E::custom("invalid hex string"))
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordVisitor).map(Self)
    }
}

struct BlockVisitor;

fn block_number(text: &str) -> Result<BlockId, String> {
    let tag = match text {
        "latest" => BlockNumberOrTag::Latest,
        "pending" => BlockNumberOrTag::Pending,
        "earliest" => BlockNumberOrTag::Earliest,
        "safe" => BlockNumberOrTag::Safe,
        "finalized" => BlockNumberOrTag::Finalized,
        _ => {
            let number = unsigned(text).map_err(|_| {
                format!(
                    "`{}` is neither a block number nor a block tag",
                    shorten(text)
                )
            })?;
            u64::try_from(number)
                .map_err(|_| "block number larger than 64 bits".to_owned())?
                .into()
        }
    };
    Ok(tag.into())
}

impl<'de> Visitor<'de> for BlockVisitor {
    type Value = BlockId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a block number, tag or hash")
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<BlockId, E> {
        Ok(BlockId::number(value))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<BlockId, E> {
        if text.len() == 66 {
            let hash: B256 = text.parse().map_err(|_| E::custom("invalid block hash"))?;
            return Ok(hash.into());
        }
        block_number(text).map_err(E::custom)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<BlockId, M::Error> {
        let (mut number, mut hash, mut canonical) = (None, None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "blockNumber" => number = map.next_value::<Option<BlockRef>>()?,
                "blockHash" => hash = map.next_value::<Option<B256>>()?,
                "requireCanonical" => canonical = map.next_value::<Option<bool>>()?,
                _ => {
                    map.next_value::<de::IgnoredAny>()?;
                }
            }
        }
        match (number, hash) {
            (Some(BlockRef(id @ BlockId::Number(_))), None) => Ok(id),
            (None, Some(hash)) => Ok(BlockId::Hash(RpcBlockHash::from_hash(hash, canonical))),
            (Some(_), Some(_)) => Err(de::Error::custom(
                "cannot specify both blockHash and blockNumber, choose one or the other",
            )),
            _ => Err(de::Error::custom("expected blockHash or blockNumber")),
        }
    }
}

impl<'de> Deserialize<'de> for BlockRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BlockVisitor).map(Self)
    }
}
