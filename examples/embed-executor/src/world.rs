//! A world state that is nothing but a map.

use alloy_primitives::{Address, Bytes, U256, keccak256};
use lumio_state::{AccountRecord, Fault, StateKey, StateView, Value, Writes};
use std::collections::BTreeMap;

/// All values by their keys.
#[derive(Debug, Default)]
pub(crate) struct World(BTreeMap<StateKey, Value>);

impl World {
    pub(crate) fn fund(&mut self, owner: Address, wei: U256) {
        self.0.insert(StateKey::Balance(owner), Value::word(wei));
    }

    pub(crate) fn deploy(&mut self, owner: Address, code: Bytes) {
        let code_hash = keccak256(&code);
        let account = AccountRecord {
            nonce: 1,
            code_hash,
        };
        self.0.insert(StateKey::EvmAccount(owner), account.encode());
        self.0
            .insert(StateKey::EvmCode(code_hash), Value::from(code));
    }

    pub(crate) fn apply(&mut self, writes: Writes) {
        for (key, value) in writes {
            match value {
                Some(value) => self.0.insert(key, value),
                None => self.0.remove(&key),
            };
        }
    }

    /// A balance or any other 256-bit word; zero where there is none.
    pub(crate) fn word(&self, key: &StateKey) -> U256 {
        self.0.get(key).and_then(Value::as_word).unwrap_or_default()
    }
}

impl StateView for World {
    fn get(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        Ok(self.0.get(key).cloned())
    }

    fn storage_slots(&self, owner: Address) -> Result<Vec<U256>, Fault> {
        let slots = self.0.keys().filter_map(|key| match key {
            StateKey::EvmStorage(account, slot) if *account == owner => Some(*slot),
            _ => None,
        });
        Ok(slots.collect())
    }
}
