//! The state at a block, as execution reads it.

use crate::{Snapshot, StorageError, keys::Differing, scan};
use alloy_primitives::{Address, U256};
use lumio_state::{Fault, StateKey, StateView, Value};

/// The state at one block. Cheap to clone.
#[derive(Clone, Debug)]
pub struct View {
    snapshot: Snapshot,
    at: At,
}

#[derive(Clone, Copy, Debug)]
enum At {
    /// The head with the pending edits over it.
    Latest,
    /// The head as its block left it.
    Head,
    /// A block before the head.
    Past(u64),
}

impl Snapshot {
    /// The state that the next block starts from: the head's, with the
    /// pending edits over it.
    pub fn latest_state(&self) -> View {
        let at = if self.0.edits.is_empty() {
            At::Head
        } else {
            At::Latest
        };
        View {
            snapshot: self.clone(),
            at,
        }
    }

    /// The state as a block left it.
    ///
    /// # Errors
    /// [`StorageError::Pruned`] or [`StorageError::UnknownBlock`] when the
    /// database does not have it.
    pub fn state_at(&self, number: u64) -> Result<View, StorageError> {
        let head = self.require_state(number)?;
        let at = if number == head {
            At::Head
        } else {
            At::Past(number)
        };
        Ok(View {
            snapshot: self.clone(),
            at,
        })
    }

    /// The number of the head, if the state at `number` is kept.
    pub(crate) fn require_state(&self, number: u64) -> Result<u64, StorageError> {
        let head = self.head().ok_or(StorageError::NoGenesis)?.number;
        if number > head {
            return Err(StorageError::UnknownBlock {
                requested: number,
                head,
            });
        }
        if number < self.0.oldest {
            return Err(StorageError::Pruned {
                requested: number,
                oldest: self.0.oldest,
                head,
            });
        }
        Ok(head)
    }

    /// The value under a key at the head, pending edits aside.
    pub(crate) fn head_value(&self, key: &StateKey) -> Result<Option<Value>, StorageError> {
        let tables = &*self.0;
        if let Some(value) = tables.cache.get(key, tables.version) {
            return Ok(value);
        }
        let value = self.current(&key.encode(), |found| Value::from(found))?;
        tables.cache.offer(key, &value, tables.version);
        Ok(value)
    }
}

impl View {
    /// The value under a key.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn value(&self, key: &StateKey) -> Result<Option<Value>, StorageError> {
        match self.at {
            At::Latest => match self.snapshot.0.edits.get(key) {
                Some(value) => Ok(value.clone()),
                None => self.snapshot.head_value(key),
            },
            At::Head => self.snapshot.head_value(key),
            At::Past(number) => match self.snapshot.replaced_after(number, &key.encode())? {
                Some(value) => Ok(value),
                None => self.snapshot.head_value(key),
            },
        }
    }

    pub(crate) const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The values under keys that start with `prefix` where they may differ
    /// from those of the head's state.
    pub(crate) fn differing(&self, prefix: &[u8]) -> Result<Differing, StorageError> {
        let mut found = Differing::new();
        match self.at {
            At::Head => {}
            At::Latest => {
                for (key, value) in &*self.snapshot.0.edits {
                    let key = key.encode();
                    if key.starts_with(prefix) {
                        found.insert(key, value.clone());
                    }
                }
            }
            At::Past(number) => {
                self.snapshot
                    .each_replaced_after(number, prefix, |key, before| {
                        found.insert(key.encode(), before.map(Value::from));
                    })?;
            }
        }
        Ok(found)
    }

    /// The slots of a contract's storage that are not zero, in order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn slots(&self, owner: Address) -> Result<Vec<U256>, StorageError> {
        let mut slots = scan::slots(&self.snapshot, owner)?;
        match self.at {
            At::Head => {}
            At::Latest => {
                let first = StateKey::EvmStorage(owner, U256::ZERO);
                let last = StateKey::EvmStorage(owner, U256::MAX);
                for (key, value) in self.snapshot.0.edits.range(first..=last) {
                    scan::set_slot(&mut slots, key, value.is_some());
                }
            }
            At::Past(number) => {
                let prefix = StateKey::storage_prefix(owner);
                self.snapshot
                    .each_replaced_after(number, &prefix, |key, before| {
                        scan::set_slot(&mut slots, &key, before.is_some());
                    })?;
            }
        }
        Ok(slots.into_iter().collect())
    }
}

impl StateView for View {
    fn get(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        Ok(self.value(key)?)
    }

    fn storage_slots(&self, owner: Address) -> Result<Vec<U256>, Fault> {
        Ok(self.slots(owner)?)
    }
}
