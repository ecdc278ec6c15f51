//! What tracers ask of revm's own journal: a record of the accounts and slots
//! that were looked at. For display only; execution never reads it.

use alloc::vec::Vec;
use alloy_primitives::{Address, U256};
use revm::{
    context_interface::journaled_state::entry::{JournalEntry, SelfdestructionRevertStatus},
    inspector::JournalExt,
    state::{Account, AccountInfo, EvmState, EvmStorageSlot},
};

use crate::journal::EvmJournal;

/// Off unless a tracer runs.
#[derive(Debug, Default)]
pub(crate) struct Mirror {
    pub(crate) enabled: bool,
    entries: Vec<JournalEntry>,
    state: EvmState,
}

impl Mirror {
    pub(crate) fn account(&mut self, address: Address, info: &AccountInfo) {
        if self.enabled {
            self.state.entry(address).or_default().info = info.clone();
        }
    }

    pub(crate) fn slot_read(&mut self, address: Address, key: U256, value: U256, warm: bool) {
        if self.enabled {
            self.slot(address, key, value);
            if !warm {
                self.entries
                    .push(JournalEntry::StorageWarmed { key, address });
            }
        }
    }

    pub(crate) fn slot_written(&mut self, address: Address, key: U256, before: U256, now: U256) {
        if self.enabled && before != now {
            self.slot(address, key, now);
            self.entries.push(JournalEntry::StorageChanged {
                key,
                had_value: before,
                address,
            });
        }
    }

    pub(crate) fn destroyed(&mut self, address: Address, target: Address, had_balance: U256) {
        if self.enabled {
            self.entries.push(JournalEntry::AccountDestroyed {
                had_balance,
                address,
                target,
                destroyed_status: SelfdestructionRevertStatus::RepeatedSelfdestruction,
            });
        }
    }

    fn slot(&mut self, address: Address, key: U256, value: U256) {
        let account: &mut Account = self.state.entry(address).or_default();
        account
            .storage
            .entry(key)
            .or_insert_with(|| EvmStorageSlot::new(value, 0))
            .present_value = value;
    }
}

impl JournalExt for EvmJournal<'_, '_> {
    fn journal(&self) -> &[JournalEntry] {
        &self.mirror.entries
    }

    fn evm_state(&self) -> &EvmState {
        &self.mirror.state
    }

    fn evm_state_mut(&mut self) -> &mut EvmState {
        &mut self.mirror.state
    }
}
