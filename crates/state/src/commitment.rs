//! How the state root commits to what is not Ethereum's: each value is a slot in the storage trie
//! of one system account. The slots are in the trie alone; the values stay under their own keys.

use crate::{StateKey, Value, keccak256_many};
use alloc::vec::Vec;
use alloy_primitives::{Address, U256, address, keccak256};

/// The account whose storage root commits to the state of all VMs but the EVM.
pub const STATE_ACCOUNT: Address = address!("4200000000000000000000000000000000000F00");

impl StateKey {
    /// Whether Ethereum's state root covers the key by itself: as an account, its storage or its
    /// code.
    pub const fn is_in_state_root(&self) -> bool {
        match self {
            Self::Balance(_) | Self::EvmAccount(_) | Self::EvmStorage(..) | Self::EvmCode(_) => {
                true
            }
            Self::Link(_)
            | Self::MoveResource(..)
            | Self::MoveModule(..)
            | Self::MoveTableItem(..)
            | Self::SvmAccount(_)
            | Self::SvmMessage(_)
            | Self::System(_) => false,
        }
    }

    /// The slot of [`STATE_ACCOUNT`] that commits to the key: keccak256 of its encoding. `None`
    /// where the state root covers the key by itself.
    pub fn commitment_slot(&self) -> Option<U256> {
        (!self.is_in_state_root()).then(|| keccak256(self.encode()).into())
    }
}

impl Value {
    /// What is in the slot that commits to a value: its keccak256. An absent value has zero.
    pub fn commitment(value: Option<&Self>) -> U256 {
        value.map_or(U256::ZERO, |value| keccak256(&**value).into())
    }
}

/// The slots of [`STATE_ACCOUNT`] that commit to these values, with the words in them. Keys that
/// the state root covers by itself are left out.
pub fn commitments<'a>(
    values: impl IntoIterator<Item = (&'a StateKey, Option<&'a Value>)>,
) -> Vec<(U256, U256)> {
    let (keys, values): (Vec<_>, Vec<_>) = values
        .into_iter()
        .filter(|(key, _)| !key.is_in_state_root())
        .map(|(key, value)| (key.encode(), value))
        .unzip();
    let present: Vec<&Value> = values.iter().copied().flatten().collect();
    let mut words = keccak256_many(&present).into_iter();
    let slots = keccak256_many(&keys).into_iter().zip(values);
    slots
        .map(|(slot, value)| {
            let word = value.and_then(|_| words.next()).unwrap_or_default();
            (U256::from_be_bytes(slot.0), U256::from_be_bytes(word.0))
        })
        .collect()
}
