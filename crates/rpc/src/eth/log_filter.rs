//! Which logs a client wants: parsed with bounds, tested against blooms
//! first, then against logs.

use super::args::BlockRef;
use alloy_eips::BlockId;
use alloy_primitives::{Address, B256, Bloom, BloomInput, Log};
use serde::{Deserialize, Deserializer, de};

/// Addresses, and alternatives for a topic, that a filter may name, as in geth.
const MAX_ALTERNATIVES: usize = 1000;
/// Topics of a log.
const MAX_TOPICS: usize = 4;

/// The criteria of `eth_getLogs`, filters and subscriptions.
#[derive(Debug, Clone, Default)]
pub(super) struct LogFilter {
    pub(super) range: Range,
    /// Any of these; empty means any at all.
    addresses: Vec<Address>,
    /// For each position any of these; empty means any at all.
    topics: Vec<Vec<B256>>,
}

/// The blocks to look through.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Range {
    pub(super) from: Option<BlockId>,
    pub(super) to: Option<BlockId>,
    pub(super) hash: Option<B256>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    from_block: Option<BlockRef>,
    to_block: Option<BlockRef>,
    block_hash: Option<B256>,
    address: Option<OneOrMany<Address>>,
    topics: Option<Vec<Option<OneOrMany<Option<B256>>>>>,
}

impl<'de> Deserialize<'de> for LogFilter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        Self::checked(wire).map_err(de::Error::custom)
    }
}

impl LogFilter {
    fn checked(wire: Wire) -> Result<Self, &'static str> {
        let by_number = wire.from_block.is_some() || wire.to_block.is_some();
        if wire.block_hash.is_some() && by_number {
            return Err(
                "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other",
            );
        }
        let addresses = wire.address.map(OneOrMany::into_vec).unwrap_or_default();
        if addresses.len() > MAX_ALTERNATIVES {
            return Err("exceed max addresses: at most 1000");
        }
        let positions = wire.topics.unwrap_or_default();
        if positions.len() > MAX_TOPICS {
            return Err("exceed max topics: a log has at most 4");
        }
        let mut topics = Vec::with_capacity(positions.len());
        for position in positions {
            let alternatives = position.map(OneOrMany::into_vec).unwrap_or_default();
            if alternatives.len() > MAX_ALTERNATIVES {
                return Err("exceed max topics: at most 1000 alternatives for a position");
            }
            // A null among the alternatives matches everything.
            let any = alternatives.iter().any(Option::is_none);
            topics.push(if any {
                Vec::new()
            } else {
                alternatives.into_iter().flatten().collect()
            });
        }
        let range = Range {
            from: wire.from_block.map(|block| block.0),
            to: wire.to_block.map(|block| block.0),
            hash: wire.block_hash,
        };
        Ok(Self {
            range,
            addresses,
            topics,
        })
    }

    /// Whether a block with this bloom may have a log that matches.
    pub(super) fn may_match(&self, bloom: &Bloom) -> bool {
        let contains = |bytes: &[u8]| bloom.contains_input(BloomInput::Raw(bytes));
        let address = self.addresses.is_empty()
            || self
                .addresses
                .iter()
                .any(|address| contains(address.as_slice()));
        address
            && self.topics.iter().all(|alternatives| {
                alternatives.is_empty()
                    || alternatives.iter().any(|topic| contains(topic.as_slice()))
            })
    }

    /// Whether a log matches, the range aside.
    pub(super) fn matches(&self, log: &Log) -> bool {
        let address = self.addresses.is_empty() || self.addresses.contains(&log.address);
        // A filter with more positions than the log has topics matches nothing,
        // even if those positions take anything.
        address
            && self.topics.len() <= log.topics().len()
            && self
                .topics
                .iter()
                .zip(log.topics())
                .all(|(alternatives, topic)| {
                    alternatives.is_empty() || alternatives.contains(topic)
                })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::LogFilter;
    use alloy_primitives::{Address, B256, Bytes, Log};
    use lumio_types::block_bloom;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn absurd_filters_are_refused() {
        let topics = vec![json!(null); 5];
        let error = serde_json::from_value::<LogFilter>(json!({ "topics": topics })).unwrap_err();
        assert!(error.to_string().contains("exceed max topics"));
        let many = vec![json!(Address::ZERO); 1001];
        let error = serde_json::from_value::<LogFilter>(json!({ "address": many })).unwrap_err();
        assert!(error.to_string().contains("exceed max addresses"));
        let both = json!({ "blockHash": B256::ZERO, "fromBlock": "0x1" });
        assert!(serde_json::from_value::<LogFilter>(both).is_err());
    }

    /// The words of the specification, read literally.
    fn naive(addresses: &[Address], topics: &[Option<Vec<B256>>], log: &Log) -> bool {
        if !addresses.is_empty() && !addresses.contains(&log.address) {
            return false;
        }
        for (position, wanted) in topics.iter().enumerate() {
            let Some(topic) = log.topics().get(position) else {
                return false;
            };
            if let Some(wanted) = wanted
                && !wanted.contains(topic)
            {
                return false;
            }
        }
        true
    }

    fn small_topic() -> impl Strategy<Value = B256> {
        (0u8..3).prop_map(B256::with_last_byte)
    }

    fn small_address() -> impl Strategy<Value = Address> {
        (0u8..3).prop_map(Address::with_last_byte)
    }

    proptest! {
        #[test]
        fn filter_agrees_with_the_naive_reading(
            addresses in prop::collection::vec(small_address(), 0..3),
            topics in prop::collection::vec(
                prop::option::of(prop::collection::vec(small_topic(), 1..3)), 0..5),
            logs in prop::collection::vec(
                (small_address(), prop::collection::vec(small_topic(), 0..5)), 0..8),
        ) {
            prop_assume!(topics.len() <= 4);
            let filter: LogFilter =
                serde_json::from_value(json!({ "address": addresses, "topics": topics })).unwrap();
            let logs: Vec<Log> = logs
                .into_iter()
                .filter(|(_, topics)| topics.len() <= 4)
                .map(|(address, topics)| Log::new(address, topics, Bytes::new()).unwrap())
                .collect();
            let bloom = block_bloom(logs.iter());
            for log in &logs {
                let expected = naive(&addresses, &topics, log);
                prop_assert_eq!(filter.matches(log), expected);
                prop_assert!(!expected || filter.may_match(&bloom), "the bloom lost a log");
            }
        }
    }
}
