//! Walking over the whole state of the head.

use crate::{
    Snapshot, StorageError,
    layout::{STATE_END, prefix_end},
    snapshot::state_key,
};
use alloy_primitives::{Address, U256, U512};
use lumio_state::{AccountRecord, StateKey, Value};
use redb::OwnedRange;
use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, btree_map::IntoIter},
    iter::Peekable,
};

/// An account of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvmAccount {
    /// Its EVM address form.
    pub address: Address,
    /// Its balance in wei.
    pub balance: U256,
    /// Its nonce and code hash, or `None` if it has only a balance.
    pub record: Option<AccountRecord>,
}

impl Snapshot {
    /// All keys of the head's state with their values, in the order of the
    /// encoded keys.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn state_entries(&self) -> Result<StateEntries, StorageError> {
        StateEntries::new(self, &[])
    }

    /// All accounts of the head's state that have a balance or a record, in
    /// the order of their addresses.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn evm_accounts(
        &self,
    ) -> Result<impl Iterator<Item = Result<EvmAccount, StorageError>> + use<>, StorageError> {
        let (balances, storage) = StateKey::evm_scan_range();
        let mut accounts = Accounts {
            balances: StateEntries::new(self, &[balances])?,
            records: StateEntries::between(self, &[balances.saturating_add(1)], &[storage])?,
            next_balance: None,
            next_record: None,
        };
        accounts.next_balance = accounts.balances.next().transpose()?;
        accounts.next_record = accounts.records.next().transpose()?;
        Ok(accounts)
    }

    /// The storage of a contract at the head, in the order of its slots.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn evm_storage(
        &self,
        owner: Address,
    ) -> Result<impl Iterator<Item = Result<(U256, U256), StorageError>> + use<>, StorageError>
    {
        let entries = StateEntries::new(self, &StateKey::storage_prefix(owner))?;
        Ok(entries.map(|entry| match entry? {
            (StateKey::EvmStorage(_, slot), value) => Ok((slot, word(&value)?)),
            (key, _) => Err(unexpected(&key)),
        }))
    }

    /// The sum of all balances in wei, in 512 bits since it may exceed 256.
    ///
    /// # Errors
    /// When the database cannot be read, or a balance is malformed.
    pub fn total_wei(&self) -> Result<U512, StorageError> {
        let mut total = U512::ZERO;
        for entry in StateEntries::new(self, &[StateKey::evm_scan_range().0])? {
            // Fewer than 2^256 balances of 256 bits.
            total = total.saturating_add(U512::from(word(&entry?.1)?));
        }
        Ok(total)
    }
}

/// The slots of a contract at the head.
pub(crate) fn slots(snapshot: &Snapshot, owner: Address) -> Result<BTreeSet<U256>, StorageError> {
    snapshot
        .evm_storage(owner)?
        .map(|entry| entry.map(|(slot, _)| slot))
        .collect()
}

/// Notes whether a storage key has a value.
pub(crate) fn set_slot(slots: &mut BTreeSet<U256>, key: &StateKey, present: bool) {
    if let StateKey::EvmStorage(_, slot) = key {
        if present {
            slots.insert(*slot);
        } else {
            slots.remove(slot);
        }
    }
}

/// An iterator over a range of the state: the table with the changes of the
/// last blocks over it. Holds its snapshot.
pub struct StateEntries {
    table: Peekable<OwnedRange<&'static [u8], &'static [u8]>>,
    changes: Peekable<IntoIter<Vec<u8>, Option<Value>>>,
}

impl StateEntries {
    fn new(snapshot: &Snapshot, prefix: &[u8]) -> Result<Self, StorageError> {
        Self::from(snapshot, prefix, prefix_end(prefix).as_deref())
    }

    /// The entries from `start` on and before `end`, or to the end of the state.
    pub(crate) fn from(
        snapshot: &Snapshot,
        start: &[u8],
        end: Option<&[u8]>,
    ) -> Result<Self, StorageError> {
        let end = end.map_or(STATE_END, |end| end.min(STATE_END));
        if start >= end {
            return Self::between(snapshot, end, end);
        }
        Self::between(snapshot, start, end)
    }

    fn between(snapshot: &Snapshot, start: &[u8], end: &[u8]) -> Result<Self, StorageError> {
        let changes = snapshot.0.layers.range(start, Some(end))?;
        let changes: BTreeMap<_, _> = changes
            .into_iter()
            .map(|(key, value)| (key.to_vec(), value.map(Value::from)))
            .collect();
        Ok(Self {
            table: snapshot.0.current.range_owned(start..end)?.peekable(),
            changes: changes.into_iter().peekable(),
        })
    }

    fn step(&mut self) -> Result<Option<(StateKey, Value)>, StorageError> {
        loop {
            let order = match (self.table.peek(), self.changes.peek()) {
                (Some(Ok((key, _))), Some((changed, _))) => key.value().cmp(changed),
                (Some(_), _) => Ordering::Less,
                (None, _) => Ordering::Greater,
            };
            if order != Ordering::Greater {
                let Some(entry) = self.table.next() else {
                    return Ok(None);
                };
                let (key, value) = entry?;
                if order == Ordering::Less {
                    return Ok(Some((state_key(key.value())?, Value::from(value.value()))));
                }
            }
            match self.changes.next() {
                Some((key, Some(value))) => return Ok(Some((state_key(&key)?, value))),
                Some((_, None)) => {}
                None => return Ok(None),
            }
        }
    }
}

impl Iterator for StateEntries {
    type Item = Result<(StateKey, Value), StorageError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

/// Balances and records, two ascending runs, merged by address.
struct Accounts {
    balances: StateEntries,
    records: StateEntries,
    next_balance: Option<(StateKey, Value)>,
    next_record: Option<(StateKey, Value)>,
}

impl Accounts {
    fn merge(&mut self) -> Result<Option<EvmAccount>, StorageError> {
        let owner = |entry: &Option<(StateKey, Value)>| match entry {
            Some((StateKey::Balance(owner) | StateKey::EvmAccount(owner), _)) => Ok(Some(*owner)),
            Some((key, _)) => Err(unexpected(key)),
            None => Ok(None),
        };
        let (balance, record) = (owner(&self.next_balance)?, owner(&self.next_record)?);
        let Some(address) = [balance, record].into_iter().flatten().min() else {
            return Ok(None);
        };
        let mut account = EvmAccount {
            address,
            balance: U256::ZERO,
            record: None,
        };
        if balance == Some(address)
            && let Some((_, value)) = self.next_balance.take()
        {
            account.balance = word(&value)?;
            self.next_balance = self.balances.next().transpose()?;
        }
        if record == Some(address)
            && let Some((_, value)) = self.next_record.take()
        {
            let decoded = AccountRecord::decode(&value);
            account.record =
                Some(decoded.map_err(|error| StorageError::corrupt(error.to_string()))?);
            self.next_record = self.records.next().transpose()?;
        }
        Ok(Some(account))
    }
}

impl Iterator for Accounts {
    type Item = Result<EvmAccount, StorageError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.merge().transpose()
    }
}

fn word(value: &Value) -> Result<U256, StorageError> {
    value
        .as_word()
        .ok_or_else(|| StorageError::corrupt("a balance or a storage word is not 32 bytes"))
}

fn unexpected(key: &StateKey) -> StorageError {
    StorageError::corrupt(format!("{key:?} is out of its place"))
}
