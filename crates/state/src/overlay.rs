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
        let slots = self.base.storage_slots(owner)?;
        Ok(slots_after(slots, owner, &self.changes))
    }
}

/// The slots of a contract's storage that are not zero, in order, after changes to the state that
/// had those.
pub fn slots_after<'c>(
    slots: Vec<U256>,
    owner: Address,
    changes: impl IntoIterator<Item = (&'c StateKey, &'c Option<Value>)>,
) -> Vec<U256> {
    let mut slots: BTreeSet<U256> = slots.into_iter().collect();
    for (key, value) in changes {
        if let StateKey::EvmStorage(account, slot) = key
            && *account == owner
        {
            match value {
                Some(_) => slots.insert(*slot),
                None => slots.remove(slot),
            };
        }
    }
    slots.into_iter().collect()
}
