//! The undo log: what to put back, newest first.

use super::{Journal, account::AccountFlags};
use crate::{StateKey, Value};
use alloy_primitives::{Address, B256, U256};

/// One change, as the value before it.
#[derive(Clone, Debug)]
pub(super) enum Undo {
    Balance(Address, U256),
    Credit(Address, U256),
    Nonce(Address, u64),
    CodeHash(Address, B256),
    Flags(Address, AccountFlags),
    Slot(Address, U256, U256),
    SlotWarmed(Address, U256),
    Transient(Address, U256, U256),
    Cell(StateKey, Option<Value>),
}

impl Undo {
    /// The key that was written, of opaque bytes.
    pub(super) const fn cell(&self) -> Option<&StateKey> {
        match self {
            Self::Cell(key, _) => Some(key),
            Self::Balance(..)
            | Self::Credit(..)
            | Self::Nonce(..)
            | Self::CodeHash(..)
            | Self::Flags(..)
            | Self::Slot(..)
            | Self::SlotWarmed(..)
            | Self::Transient(..) => None,
        }
    }

    /// Whether the state differs for it. What it does not count is warmth, and
    /// the touch that every call of an account is.
    pub(super) fn changes_state(&self, journal: &Journal<'_>) -> bool {
        match self {
            Self::SlotWarmed(..) => false,
            Self::Flags(owner, before) => journal.accounts.get(owner).is_some_and(|account| {
                account.flags.created != before.created
                    || account.flags.destroyed != before.destroyed
            }),
            Self::Balance(..)
            | Self::Credit(..)
            | Self::Nonce(..)
            | Self::CodeHash(..)
            | Self::Slot(..)
            | Self::Transient(..)
            | Self::Cell(..) => true,
        }
    }
}

/// The RIPEMD-160 precompile. On mainnet a touch of it once survived the
/// revert of its frame, which is part of the protocol since EIP-161.
pub(super) const RIPEMD: Address =
    alloy_primitives::address!("0000000000000000000000000000000000000003");

impl Journal<'_> {
    pub(super) fn take_back(&mut self, entry: Undo) {
        match entry {
            Undo::Balance(owner, wei) => {
                if let Some(account) = self.accounts.get_mut(&owner) {
                    account.balance = wei;
                }
            }
            Undo::Credit(owner, wei) => self.take_back_credit(owner, wei),
            Undo::Nonce(owner, nonce) => {
                if let Some(account) = self.accounts.get_mut(&owner) {
                    account.nonce = nonce;
                }
            }
            Undo::CodeHash(owner, hash) => {
                if let Some(account) = self.accounts.get_mut(&owner) {
                    account.code_hash = hash;
                }
            }
            Undo::Flags(owner, flags) => {
                self.ripemd_touched |= owner == RIPEMD && !flags.touched;
                if let Some(account) = self.accounts.get_mut(&owner) {
                    account.flags = flags;
                }
            }
            Undo::Slot(owner, slot, value) => {
                if let Some(cell) = self.loaded_slot(owner, slot) {
                    cell.present = value;
                }
            }
            Undo::SlotWarmed(owner, slot) => {
                if let Some(cell) = self.loaded_slot(owner, slot) {
                    cell.warm = false;
                }
            }
            Undo::Transient(owner, slot, value) => {
                self.transient.insert((owner, slot), value);
            }
            Undo::Cell(key, value) => {
                if let Some(cell) = self.cells.get_mut(&key) {
                    cell.present = value;
                }
            }
        }
    }
}
