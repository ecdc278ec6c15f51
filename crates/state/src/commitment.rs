//! How the state root commits to what is not Ethereum's: each value is a slot in the storage trie
//! of one system account. The slots are in the trie alone; the values stay under their own keys.

use crate::{StateKey, Value};
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
