//! A state in memory.

use alloy_primitives::{Address, Bytes, U256, keccak256};
use lumio_state::{AccountRecord, Fault, StateKey, StateView, Value};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory(pub BTreeMap<StateKey, Value>);

impl Memory {
    pub fn fund(&mut self, owner: Address, wei: U256) {
        self.0.insert(StateKey::Balance(owner), Value::word(wei));
    }

    pub fn deploy(&mut self, owner: Address, code: Bytes) {
        let code_hash = keccak256(&code);
        let record = AccountRecord {
            nonce: 1,
            code_hash,
        };
        self.0.insert(StateKey::EvmAccount(owner), record.encode());
        self.0
            .insert(StateKey::EvmCode(code_hash), Value::from(code));
    }

    pub fn apply<'a>(
        &mut self,
        writes: impl IntoIterator<Item = (&'a StateKey, &'a Option<Value>)>,
    ) {
        for (key, value) in writes {
            match value {
                Some(value) => self.0.insert(key.clone(), value.clone()),
                None => self.0.remove(key),
            };
        }
    }

    /// All wei of all accounts.
    pub fn supply(&self) -> U256 {
        let balances = self.0.iter().filter_map(|(key, value)| match key {
            StateKey::Balance(_) => value.as_word(),
            _ => None,
        });
        balances.fold(U256::ZERO, |sum, wei| sum.checked_add(wei).unwrap())
    }
}

impl StateView for Memory {
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
