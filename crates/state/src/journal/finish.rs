//! From a journal to a write set.

use super::{Journal, account::AccountCell, tables::Tables, undo::RIPEMD};
use crate::{AccountRecord, Fault, StateKey, StateView, Value, Writes, writes::Change};
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Bytes, U256, U512, map::B256Map};
use lumio_types::Event;

/// What a transaction came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finished {
    /// Keys whose values differ from before.
    pub writes: Writes,
    /// Wei to be added to balances that are not among the writes; none unless the journal
    /// [defers credits](Journal::deferring_credits).
    pub credits: Vec<(Address, U256)>,
    /// By how many wei the sum of all balances grows, credits included. Zero when it shrinks.
    pub grew: U512,
    /// The events of all VMs, in order.
    pub events: Vec<Event>,
}

impl Journal<'_> {
    /// Ends the transaction. With `clear_empty` (EIP-161), touched accounts
    /// without balance, nonce and code are deleted; before that fork they are
    /// written.
    ///
    /// # Errors
    /// When the view fails.
    pub fn finish(mut self, clear_empty: bool) -> Result<Finished, Fault> {
        // Enough for most, and small enough for the allocator to have it ready.
        let mut writes = Vec::with_capacity(8);
        let (mut before, mut after) = (U512::ZERO, U512::ZERO);
        for (owner, account) in &mut self.accounts {
            let ripemd = clear_empty && self.ripemd_touched && *owner == RIPEMD;
            if account.flags.touched || ripemd {
                if account.balance.is_zero() || !clear_empty {
                    // It may be an empty one.
                    account.read_record(self.view, *owner)?;
                }
                let changes = AccountChanges {
                    view: self.view,
                    codes: &self.codes,
                    owner: *owner,
                };
                changes.collect(account, clear_empty, &mut writes)?;
                before = before.saturating_add(U512::from(account.original_balance));
                after = after.saturating_add(U512::from(account.final_balance()));
            }
        }
        for (key, cell) in self.cells.drain() {
            if let Some(written) = cell.written
                && written != cell.original
            {
                writes.push((key, written));
            }
        }
        let tables = Tables {
            accounts: self.accounts,
            cells: self.cells,
            undo: self.undo,
        };
        tables.give_back();
        for (_, wei) in &self.credits {
            after = after.saturating_add(U512::from(*wei));
        }
        let events = self.logs.into_iter().zip(self.origins);
        Ok(Finished {
            writes: writes.into_iter().collect(),
            credits: self.credits,
            grew: after.saturating_sub(before),
            events: events.map(|(log, origin)| Event { origin, log }).collect(),
        })
    }
}

struct AccountChanges<'a> {
    view: &'a dyn StateView,
    codes: &'a B256Map<Bytes>,
    owner: Address,
}

impl AccountChanges<'_> {
    fn collect(
        &self,
        account: &AccountCell,
        clear_empty: bool,
        writes: &mut Vec<Change>,
    ) -> Result<(), Fault> {
        let destroyed = account.flags.destroyed;
        if destroyed && !account.flags.created {
            self.wipe_storage(writes)?;
        }
        let balance = account.final_balance();
        if balance != account.original_balance {
            writes.push((StateKey::Balance(self.owner), super::nonzero(balance)));
        }
        let record = self.final_record(account, clear_empty);
        if record != account.original_record {
            let encoded = record.map(|record| record.encode());
            writes.push((StateKey::EvmAccount(self.owner), encoded));
            self.write_code(account.code_hash, record, writes);
        }
        if !destroyed {
            for (slot, cell) in &account.slots {
                if cell.present != cell.original {
                    let key = StateKey::EvmStorage(self.owner, *slot);
                    writes.push((key, super::nonzero(cell.present)));
                }
            }
        }
        Ok(())
    }

    /// An account without nonce and code needs no record while it has a
    /// balance. Before EIP-161 the record is what keeps an empty one alive.
    fn final_record(&self, account: &AccountCell, clear_empty: bool) -> Option<AccountRecord> {
        if account.flags.destroyed {
            return None;
        }
        let empty_one_stays = !clear_empty && account.balance.is_zero();
        account
            .record()
            .or_else(|| empty_one_stays.then(AccountRecord::default))
    }

    fn write_code(&self, hash: B256, record: Option<AccountRecord>, writes: &mut Vec<Change>) {
        if let (Some(code), Some(_)) = (self.codes.get(&hash), record)
            && !code.is_empty()
        {
            let code = Value::from(code.clone());
            writes.push((StateKey::EvmCode(hash), Some(code)));
        }
    }

    /// Deletes all storage. A contract of this transaction never had any.
    fn wipe_storage(&self, writes: &mut Vec<Change>) -> Result<(), Fault> {
        for slot in self.view.storage_slots(self.owner)? {
            writes.push((StateKey::EvmStorage(self.owner, slot), None));
        }
        Ok(())
    }
}
