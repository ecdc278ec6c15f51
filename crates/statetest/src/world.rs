//! A state in memory, as small as a test's.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use lumio_state::{
    AccountRecord, Fault, StateKey, StateView, Value, Writes,
    trie::{AccountLeaf, state_root},
};
use std::collections::{BTreeMap, BTreeSet};

/// All keys and values.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    values: BTreeMap<StateKey, Value>,
}

impl World {
    /// Adds an account of a test's `pre`. Even an empty one exists.
    pub(crate) fn insert_account(
        &mut self,
        address: Address,
        balance: U256,
        nonce: u64,
        code: Bytes,
    ) {
        let code_hash = keccak256(&code);
        let record = AccountRecord { nonce, code_hash };
        self.values
            .insert(StateKey::EvmAccount(address), record.encode());
        if !balance.is_zero() {
            self.values
                .insert(StateKey::Balance(address), Value::word(balance));
        }
        if !code.is_empty() {
            self.values
                .insert(StateKey::EvmCode(code_hash), Value::from(code));
        }
    }

    /// Adds a word of storage.
    pub(crate) fn insert_slot(&mut self, address: Address, slot: U256, value: U256) {
        if !value.is_zero() {
            self.values
                .insert(StateKey::EvmStorage(address, slot), Value::word(value));
        }
    }

    pub(crate) fn apply(&mut self, writes: Writes) {
        for (key, value) in writes {
            match value {
                Some(value) => self.values.insert(key, value),
                None => self.values.remove(&key),
            };
        }
    }

    pub(crate) fn root(&self) -> Result<B256, Fault> {
        let mut addresses = BTreeSet::new();
        for key in self.values.keys() {
            if let StateKey::Balance(address) | StateKey::EvmAccount(address) = key {
                addresses.insert(*address);
            }
        }
        let accounts: Result<Vec<_>, Fault> = addresses
            .into_iter()
            .map(|address| Ok((address, self.leaf(address)?, self.slots(address))))
            .collect();
        state_root(accounts?).map_err(|error| Fault::Bug(error.to_string()))
    }

    fn leaf(&self, address: Address) -> Result<AccountLeaf, Fault> {
        let record = self.record(address)?.unwrap_or_default();
        Ok(AccountLeaf {
            nonce: record.nonce,
            balance: self.word(&StateKey::Balance(address))?,
            code_hash: record.code_hash,
        })
    }

    fn slots(&self, address: Address) -> Vec<(U256, U256)> {
        let first = StateKey::EvmStorage(address, U256::ZERO);
        let last = StateKey::EvmStorage(address, U256::MAX);
        let words = self
            .values
            .range(first..=last)
            .filter_map(|(key, value)| match key {
                StateKey::EvmStorage(_, slot) => Some((*slot, value.as_word()?)),
                _ => None,
            });
        words.collect()
    }
}

impl StateView for World {
    fn get(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        Ok(self.values.get(key).cloned())
    }

    fn storage_slots(&self, owner: Address) -> Result<Vec<U256>, Fault> {
        Ok(self
            .slots(owner)
            .into_iter()
            .map(|(slot, _)| slot)
            .collect())
    }
}
