//! Changes on top of a view: the state in the middle of a block.

use crate::{Fault, StateKey, StateView, Value, WriteSet};
use alloc::{collections::BTreeSet, vec::Vec};
use alloy_primitives::{Address, U256};
use hashbrown::HashMap;

/// A view with write sets applied over it.
#[derive(Debug)]
pub struct Overlay<V> {
    base: V,
    changes: HashMap<StateKey, Option<Value>, alloy_primitives::map::DefaultHashBuilder>,
}

impl<V: StateView> Overlay<V> {
    /// A view that reads like `base` so far.
    pub fn new(base: V) -> Self {
        Self {
            base,
            changes: HashMap::default(),
        }
    }

    /// The view below.
    pub const fn base_mut(&mut self) -> &mut V {
        &mut self.base
    }

    /// Whether something was applied to a key.
    pub fn has_changed(&self, key: &StateKey) -> bool {
        self.changes.contains_key(key)
    }

    /// Makes changes visible.
    pub fn apply(&mut self, writes: impl IntoIterator<Item = (StateKey, Option<Value>)>) {
        self.changes.extend(writes);
    }

    /// Adds wei to a balance. What would exceed 256 bits is not paid, as in
    /// [`Journal::credit`](crate::Journal::credit).
    ///
    /// # Errors
    /// When the base cannot be read.
    pub fn credit(&mut self, owner: Address, wei: U256) -> Result<(), Fault> {
        let balance = StateKey::Balance(owner);
        if let Some(sum) = self.word(&balance)?.checked_add(wei) {
            self.changes.insert(balance, Some(Value::word(sum)));
        }
        Ok(())
    }

    /// Everything that was applied, in no order.
    pub fn into_changes(self) -> impl Iterator<Item = (StateKey, Option<Value>)> {
        self.changes.into_iter()
    }

    /// Everything that was applied, later writes winning.
    pub fn into_writes(self) -> WriteSet {
        self.changes.into_iter().collect()
    }
}

impl<V: StateView> StateView for Overlay<V> {
    fn get(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        match self.changes.get(key) {
            Some(value) => Ok(value.clone()),
            None => self.base.get(key),
        }
    }

    fn storage_slots(&self, owner: Address) -> Result<Vec<U256>, Fault> {
        let mut slots: BTreeSet<U256> = self.base.storage_slots(owner)?.into_iter().collect();
        for (key, value) in &self.changes {
            match (key, value) {
                (StateKey::EvmStorage(account, slot), Some(_)) if *account == owner => {
                    slots.insert(*slot);
                }
                (StateKey::EvmStorage(account, slot), None) if *account == owner => {
                    slots.remove(slot);
                }
                _ => {}
            }
        }
        Ok(slots.into_iter().collect())
    }
}
