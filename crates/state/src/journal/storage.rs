//! Contract storage, with the original values and the warmth that gas needs.

use super::{Journal, account::AccountCell, undo::Undo};
use crate::{Fault, StateKey, StateView};
use alloy_primitives::{Address, U256, map::hash_map::Entry};

#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) original: U256,
    pub(super) present: U256,
    pub(super) warm: bool,
}

/// A write to a slot, as EIP-2200 prices it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotChange {
    /// Before the transaction.
    pub original: U256,
    /// Before the write.
    pub present: U256,
}

impl Journal<'_> {
    /// A word of storage now. Does not make it warm.
    ///
    /// # Errors
    /// When the view fails.
    pub fn slot(&mut self, owner: Address, slot: U256) -> Result<U256, Fault> {
        Ok(self.load_slot(owner, slot)?.present)
    }

    /// The same without a cell for it: one read of the view at most, and nothing is kept.
    ///
    /// # Errors
    /// When the view fails.
    pub fn peek_slot(&self, owner: Address, slot: U256) -> Result<U256, Fault> {
        let account = self.accounts.get(&owner);
        let cell = account.and_then(|account| account.slots.get(&slot));
        if let Some(cell) = cell {
            return Ok(cell.present);
        }
        if account.is_some_and(|account| account.flags.created) {
            return Ok(U256::ZERO);
        }
        self.view.word(&StateKey::EvmStorage(owner, slot))
    }

    /// Whether the first access to the slot has been paid for.
    pub fn is_slot_warm(&self, owner: Address, slot: U256) -> bool {
        self.accounts
            .get(&owner)
            .and_then(|account| account.slots.get(&slot))
            .is_some_and(|cell| cell.warm)
    }

    /// Makes a slot warm; returns its value and whether it was warm before.
    ///
    /// # Errors
    /// When the view fails.
    pub fn access_slot(&mut self, owner: Address, slot: U256) -> Result<(U256, bool), Fault> {
        let cell = self.load_slot(owner, slot)?;
        let found = (cell.present, cell.warm);
        if !cell.warm {
            cell.warm = true;
            self.undo.push(Undo::SlotWarmed(owner, slot));
        }
        Ok(found)
    }

    /// Writes a word of storage.
    ///
    /// # Errors
    /// When the view fails.
    pub fn set_slot(
        &mut self,
        owner: Address,
        slot: U256,
        value: U256,
    ) -> Result<SlotChange, Fault> {
        let view = self.view;
        let (account, undo) = self.load_for_change(owner)?;
        account.touch(owner, undo);
        let cell = account.slot(view, owner, slot)?;
        let change = SlotChange {
            original: cell.original,
            present: cell.present,
        };
        if cell.present != value {
            cell.present = value;
            undo.push(Undo::Slot(owner, slot, change.present));
        }
        Ok(change)
    }

    pub(super) fn loaded_slot(&mut self, owner: Address, slot: U256) -> Option<&mut Slot> {
        self.accounts.get_mut(&owner)?.slots.get_mut(&slot)
    }

    fn load_slot(&mut self, owner: Address, slot: U256) -> Result<&mut Slot, Fault> {
        let view = self.view;
        self.load(owner)?.slot(view, owner, slot)
    }
}

impl AccountCell {
    fn slot(
        &mut self,
        view: &dyn StateView,
        owner: Address,
        slot: U256,
    ) -> Result<&mut Slot, Fault> {
        match self.slots.entry(slot) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                // A contract of this transaction starts with empty storage,
                // whatever an earlier one left at its address.
                let value = if self.flags.created {
                    U256::ZERO
                } else {
                    view.word(&StateKey::EvmStorage(owner, slot))?
                };
                Ok(entry.insert(Slot {
                    original: value,
                    present: value,
                    warm: false,
                }))
            }
        }
    }
}
