//! The one order of everything that Move's clients can name: genesis is version 0, and each later
//! block has a version for its beginning and then one for each of its transactions, of any VM.

use crate::{
    Snapshot, StorageError, TransactionPlace,
    blocks::missing,
    delta::Delta,
    encode,
    index::{AccountOrder, BEGINNING, handle_prefix},
    layout::{self, prefix_end},
    list::List,
    snapshot::state_key,
};
use lumio_state::{StateKey, Value};
use lumio_types::{AccountId, Event};
use std::collections::BTreeMap;

/// What stands at a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionPlace {
    /// The block's number.
    pub block: u64,
    /// The transaction's index in the block, or `None` for the block's beginning.
    pub index: Option<u32>,
}

/// A Move transaction of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountVersion {
    /// Its sequence number.
    pub sequence_number: u64,
    /// Its version.
    pub version: u64,
}

/// A transaction of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountTransaction {
    /// Its version.
    pub version: u64,
    /// Which VM's it is, and its number there.
    pub order: AccountOrder,
}

/// An event of a handle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandleEvent {
    /// The version of its transaction.
    pub version: u64,
    /// Its number among the handle's events.
    pub sequence_number: u64,
    /// The event.
    pub event: Event,
}

impl Snapshot {
    /// The first and last version of a block.
    ///
    /// # Errors
    /// When the database cannot be read, as for all methods here.
    pub fn version_range(&self, block: u64) -> Result<Option<(u64, u64)>, StorageError> {
        let Some(first) = self.first_version(block)? else {
            return Ok(None);
        };
        let count = self.transaction_count(block)?;
        let count = count.ok_or_else(|| missing("body", block))?;
        let count = u64::try_from(count).map_err(|_| StorageError::TooLarge)?;
        let last = first.checked_add(count).ok_or(StorageError::TooLarge)?;
        Ok(Some((first, last)))
    }

    /// The newest version, or `None` before genesis.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn latest_version(&self) -> Result<Option<u64>, StorageError> {
        let Some(head) = self.head() else {
            return Ok(None);
        };
        Ok(self.version_range(head.number)?.map(|(_, last)| last))
    }

    /// What stands at a version; `None` if nothing does yet.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn place_of_version(&self, version: u64) -> Result<Option<VersionPlace>, StorageError> {
        let Some(head) = self.head() else {
            return Ok(None);
        };
        let first_of = |block| {
            self.first_version(block)?
                .ok_or_else(|| missing("header", block))
        };
        // The last block that does not begin after the version.
        let (mut low, mut high) = (0, head.number);
        while low < high {
            let middle = high.saturating_sub(high.saturating_sub(low) / 2);
            if first_of(middle)? <= version {
                low = middle;
            } else {
                high = middle.saturating_sub(1);
            }
        }
        let Some((first, last)) = self.version_range(low)? else {
            return Ok(None);
        };
        if version > last {
            return Ok(None);
        }
        let index = version.checked_sub(first).and_then(|at| at.checked_sub(1));
        let index = index.map(u32::try_from).transpose();
        Ok(Some(VersionPlace {
            block: low,
            index: index.map_err(|_| StorageError::TooLarge)?,
        }))
    }

    /// The version of a transaction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn version_of(&self, place: TransactionPlace) -> Result<Option<u64>, StorageError> {
        let range = self.version_range(place.block)?;
        let version = range.and_then(|(first, last)| {
            let version = first.checked_add(u64::from(place.index))?.checked_add(1)?;
            (version <= last).then_some(version)
        });
        Ok(version)
    }

    /// Move transactions of an account that have sequence numbers, in their order: those from
    /// `start` on, or without it the newest ones.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn versions_of_account(
        &self,
        account: AccountId,
        start: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AccountVersion>, StorageError> {
        let prefix = layout::sequence_prefix(account);
        let found = self.index_range(&prefix, start, limit)?;
        let read = |(sequence_number, value): (u64, Vec<u8>)| {
            Ok(AccountVersion {
                sequence_number,
                version: encode::read_number(&value)?,
            })
        };
        found.into_iter().map(read).collect()
    }

    /// Transactions of an account, of any VM, in their order: those from version `start` on, or
    /// without it the newest ones.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn transactions_of_account(
        &self,
        account: AccountId,
        start: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AccountTransaction>, StorageError> {
        let prefix = layout::account_prefix(account);
        let found = self.index_range(&prefix, start, limit)?;
        let read = |(version, value): (u64, Vec<u8>)| {
            Ok(AccountTransaction {
                version,
                order: encode::read_order(&value)?,
            })
        };
        found.into_iter().map(read).collect()
    }

    /// Events of a handle, in their order: those from number `start` on, or without it the newest
    /// ones.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn handle_events(
        &self,
        creator: AccountId,
        creation_number: u64,
        start: Option<u64>,
        limit: usize,
    ) -> Result<Vec<HandleEvent>, StorageError> {
        let prefix = handle_prefix(creator, creation_number);
        let mut events = Vec::new();
        for (sequence_number, value) in self.index_range(&prefix, start, limit)? {
            let (place, index) = encode::read_event_place(&value)?;
            let lost = || StorageError::corrupt("an event is not where its index says");
            let (emitted, version) = if place.index == BEGINNING {
                let events = self.beginning_events(place.block)?;
                (events, self.first_version(place.block)?)
            } else {
                let (receipt, _) = self.receipt(place)?.ok_or_else(lost)?;
                (receipt.events, self.version_of(place)?)
            };
            let index = usize::try_from(index).map_err(|_| lost())?;
            let event = emitted.into_iter().nth(index).ok_or_else(lost)?;
            events.push(HandleEvent {
                version: version.ok_or_else(lost)?,
                sequence_number,
                event,
            });
        }
        Ok(events)
    }

    /// What the transaction at a version changed in the state of Move, with the new values, in
    /// the order of the keys; and the balances that a Move transaction changed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn move_changes(
        &self,
        version: u64,
    ) -> Result<Vec<(StateKey, Option<Value>)>, StorageError> {
        let Some(place) = self.place_of_version(version)? else {
            return Ok(Vec::new());
        };
        let Some(changes) = self.0.changes.get(place.block)? else {
            return Ok(Vec::new());
        };
        // The events of the block's beginning, its changes, those of the transactions.
        let at = match place.index.map(usize::try_from) {
            None => 1,
            Some(Ok(index)) => index.saturating_add(2),
            Some(Err(_)) => return Err(StorageError::TooLarge),
        };
        let list = List::parse(changes.value())?;
        if at >= list.len() {
            return Ok(Vec::new());
        }
        let delta = Delta::parse(list.get(at)?)?;
        let mut found = Vec::with_capacity(delta.len());
        for entry in delta.range(&[], None)? {
            let (key, value) = entry?;
            found.push((state_key(key)?, value.map(Value::from)));
        }
        Ok(found)
    }

    /// What the beginning of a block announced, in no receipt.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn beginning_events(&self, block: u64) -> Result<Vec<Event>, StorageError> {
        let Some(changes) = self.0.changes.get(block)? else {
            return Ok(Vec::new());
        };
        let events = List::parse(changes.value())?.get(0)?;
        encode::read_all(events, encode::read_event)
    }

    /// The first version of a block.
    pub(crate) fn first_version(&self, block: u64) -> Result<Option<u64>, StorageError> {
        let header = self.0.headers.get(block)?;
        header
            .map(|header| encode::read_first_version(header.value()))
            .transpose()
    }

    /// Entries of an index under keys that end with a number after `prefix`: at most `limit`, from
    /// number `start` on or else the last ones, in ascending order.
    fn index_range(
        &self,
        prefix: &[u8],
        start: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StorageError> {
        let mut first = prefix.to_vec();
        first.extend_from_slice(&start.unwrap_or_default().to_be_bytes());
        let end = prefix_end(prefix);
        let mut found = BTreeMap::new();
        let table = match &end {
            Some(end) => self.0.current.range(first.as_slice()..end.as_slice())?,
            None => self.0.current.range(first.as_slice()..)?,
        };
        let mut put = |key: &[u8], value: &[u8]| {
            let number = key.get(prefix.len()..).and_then(|rest| rest.as_array());
            let number =
                number.ok_or_else(|| StorageError::corrupt("an index key is malformed"))?;
            found.insert(u64::from_be_bytes(*number), value.to_vec());
            Ok::<_, StorageError>(())
        };
        if start.is_some() {
            for entry in table.take(limit) {
                let (key, value) = entry?;
                put(key.value(), value.value())?;
            }
        } else {
            for entry in table.rev().take(limit) {
                let (key, value) = entry?;
                put(key.value(), value.value())?;
            }
        }
        // The layers of the last blocks only add to an index.
        for (key, value) in self.0.layers.range(&first, end.as_deref())? {
            put(key, value.unwrap_or_default())?;
        }
        let surplus = found.len().saturating_sub(limit);
        let passed_over = if start.is_some() { 0 } else { surplus };
        Ok(found.into_iter().skip(passed_over).take(limit).collect())
    }
}
