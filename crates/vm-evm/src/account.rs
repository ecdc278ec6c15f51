//! One account of the journal, as revm changes it.

use crate::journal::EvmJournal;
use alloy_primitives::{Address, B256, KECCAK256_EMPTY, U256};
use revm::{
    context_interface::{
        ErasedError,
        context::{SStoreResult, StateLoad},
        journaled_state::{JournalLoadErasedError, JournalLoadError, account::JournaledAccountTr},
    },
    primitives::{StorageKey, StorageValue},
    state::{Account, AccountStatus, Bytecode, EvmStorageSlot},
};

/// An account that the journal has loaded into its scratch space.
#[derive(Debug)]
pub struct JournaledAccount<'a, 'h, 'v> {
    journal: &'a mut EvmJournal<'h, 'v>,
    address: Address,
    /// It was not looked at: it only gets something.
    is_unseen: bool,
}

impl<'a, 'h, 'v> JournaledAccount<'a, 'h, 'v> {
    pub(crate) fn new(journal: &'a mut EvmJournal<'h, 'v>, address: Address) -> Self {
        Self {
            journal,
            address,
            is_unseen: false,
        }
    }

    /// An account that gets a fee, and at which nobody looks.
    pub(crate) fn unseen(journal: &'a mut EvmJournal<'h, 'v>, address: Address) -> Self {
        Self {
            is_unseen: true,
            ..Self::new(journal, address)
        }
    }

    fn scratch(&mut self) -> &mut Account {
        &mut self.journal.scratch
    }
}

fn erased<T, E>(load: Result<T, JournalLoadError<E>>) -> Result<T, JournalLoadErasedError>
where
    E: core::error::Error + Send + Sync + 'static,
{
    load.map_err(|error| error.map(ErasedError::new))
}

impl JournaledAccountTr for JournaledAccount<'_, '_, '_> {
    fn account(&self) -> &Account {
        &self.journal.scratch
    }

    fn sload(
        &mut self,
        key: StorageKey,
        skip_cold_load: bool,
    ) -> Result<StateLoad<&mut EvmStorageSlot>, JournalLoadErasedError> {
        let value = erased(self.journal.load_slot(self.address, key, skip_cold_load))?;
        let is_cold = value.is_cold;
        let slot = self.scratch().storage.entry(key).or_default();
        slot.present_value = value.data;
        Ok(StateLoad::new(slot, is_cold))
    }

    fn sstore(
        &mut self,
        key: StorageKey,
        new: StorageValue,
        skip_cold_load: bool,
    ) -> Result<StateLoad<SStoreResult>, JournalLoadErasedError> {
        erased(
            self.journal
                .store_slot(self.address, key, new, skip_cold_load),
        )
    }

    fn load_code(&mut self) -> Result<&Bytecode, JournalLoadErasedError> {
        let hash = self.journal.scratch.info.code_hash;
        let code = self.journal.db.bytecode(hash);
        let code = erased(code.map_err(JournalLoadError::DBError))?;
        Ok(self.scratch().info.code.insert(code))
    }

    fn balance(&self) -> &U256 {
        &self.journal.scratch.info.balance
    }

    fn nonce(&self) -> u64 {
        self.journal.scratch.info.nonce
    }

    fn code_hash(&self) -> &B256 {
        &self.journal.scratch.info.code_hash
    }

    fn code(&self) -> Option<&Bytecode> {
        self.journal.scratch.info.code.as_ref()
    }

    fn touch(&mut self) {
        let touched = self.journal.journal().touch(self.address);
        self.journal.keep(touched);
        self.scratch().status |= AccountStatus::Touched;
    }

    /// Warmth is journaled, so that nothing needs to be marked cold by hand.
    fn unsafe_mark_cold(&mut self) {}

    fn set_balance(&mut self, balance: U256) {
        let set = self.journal.journal().set_balance(self.address, balance);
        self.journal.keep(set);
        self.scratch().info.balance = balance;
    }

    fn incr_balance(&mut self, wei: U256) -> bool {
        if self.is_unseen {
            let credited = self.journal.journal().credit(self.address, wei);
            self.journal.keep(credited);
            return true;
        }
        let sum = self.balance().checked_add(wei);
        sum.map(|sum| self.set_balance(sum)).is_some()
    }

    fn decr_balance(&mut self, wei: U256) -> bool {
        let rest = self.balance().checked_sub(wei);
        rest.map(|rest| self.set_balance(rest)).is_some()
    }

    fn bump_nonce(&mut self) -> bool {
        let next = self.nonce().checked_add(1);
        next.map(|next| self.set_nonce(next)).is_some()
    }

    fn set_nonce(&mut self, nonce: u64) {
        let set = self.journal.journal().set_nonce(self.address, nonce);
        self.journal.keep(set);
        self.scratch().info.nonce = nonce;
    }

    /// As [`set_nonce`](Self::set_nonce): no change escapes the undo log.
    fn unsafe_set_nonce(&mut self, nonce: u64) {
        self.set_nonce(nonce);
    }

    fn set_code(&mut self, code_hash: B256, code: Bytecode) {
        let set = self
            .journal
            .journal()
            .set_code(self.address, code_hash, code.original_bytes());
        self.journal.keep(set);
        let info = &mut self.scratch().info;
        info.code_hash = code_hash;
        info.code = Some(code);
    }

    fn set_code_and_hash_slow(&mut self, code: Bytecode) {
        self.set_code(code.hash_slow(), code);
    }

    fn delegate(&mut self, address: Address) {
        if address.is_zero() {
            self.set_code(KECCAK256_EMPTY, Bytecode::default());
        } else {
            self.set_code_and_hash_slow(Bytecode::new_eip7702(address));
        }
        self.bump_nonce();
    }
}
