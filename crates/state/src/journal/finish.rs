//! From a journal to a write set.

use super::{Journal, account::AccountCell, undo::RIPEMD};
use crate::{AccountRecord, Fault, StateKey, StateView, Value, WriteSet};
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Bytes, U256, map::B256Map};
use lumio_types::Event;

/// What a transaction came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finished {
    /// Keys whose values differ from before.
    pub writes: WriteSet,
    /// Wei to be added to balances that are not among the writes; none unless the journal
    /// [defers credits](Journal::deferring_credits).
    pub credits: Vec<(Address, U256)>,
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
    pub fn finish(self, clear_empty: bool) -> Result<Finished, Fault> {
        let mut writes = WriteSet::new();
        for (owner, account) in &self.accounts {
            let ripemd = clear_empty && self.ripemd_touched && *owner == RIPEMD;
            if account.flags.touched || ripemd {
                let changes = AccountChanges {
                    view: self.view,
                    codes: &self.codes,
                    owner: *owner,
                };
                changes.collect(account, clear_empty, &mut writes)?;
            }
        }
        for (key, cell) in self.cells {
            if cell.present != cell.original {
                writes.insert(key, cell.present);
            }
        }
        let events = self.logs.into_iter().zip(self.origins);
        Ok(Finished {
            writes,
            credits: self.credits,
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
        writes: &mut WriteSet,
    ) -> Result<(), Fault> {
        let destroyed = account.flags.destroyed;
        if destroyed && !account.flags.created {
            self.wipe_storage(writes)?;
        }
        let balance = if destroyed {
            U256::ZERO
        } else {
            account.balance
        };
        if balance != account.original_balance {
            writes.insert(StateKey::Balance(self.owner), super::nonzero(balance));
        }
        let record = self.final_record(account, clear_empty);
        if record != account.original_record {
            writes.insert(
                StateKey::EvmAccount(self.owner),
                record.map(|record| record.encode()),
            );
            self.write_code(account.code_hash, record, writes);
        }
        if !destroyed {
            for (slot, cell) in &account.slots {
                if cell.present != cell.original {
                    let key = StateKey::EvmStorage(self.owner, *slot);
                    writes.insert(key, super::nonzero(cell.present));
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

    fn write_code(&self, hash: B256, record: Option<AccountRecord>, writes: &mut WriteSet) {
        if let (Some(code), Some(_)) = (self.codes.get(&hash), record)
            && !code.is_empty()
        {
            writes.insert(StateKey::EvmCode(hash), Some(Value::from(code.clone())));
        }
    }

    /// Deletes all storage. A contract of this transaction never had any.
    fn wipe_storage(&self, writes: &mut WriteSet) -> Result<(), Fault> {
        for slot in self.view.storage_slots(self.owner)? {
            writes.insert(StateKey::EvmStorage(self.owner, slot), None);
        }
        Ok(())
    }
}
