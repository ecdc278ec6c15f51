//! Loading accounts and slots: warmth and cold loads (EIP-2929).

use crate::{database::DbFault, journal::EvmJournal};
use alloy_primitives::{Address, U256};
use lumio_state::{AccountInfo as StateAccount, Fault};
use revm::{
    context_interface::{
        context::{SStoreResult, StateLoad},
        journaled_state::JournalLoadError,
    },
    primitives::StorageValue,
    state::{AccountInfo, AccountStatus},
};

/// What a load gives: the value and whether it was cold, or that it was cold
/// and should not be loaded then.
pub(crate) type Load<T> = Result<StateLoad<T>, JournalLoadError<DbFault>>;

impl EvmJournal<'_, '_> {
    fn is_prewarmed(&self, address: &Address) -> bool {
        self.coinbase == Some(*address)
            || self.access_list.contains_key(address)
            || self.precompiles.contains(address)
            || self.more_precompiles.contains(address)
    }

    fn is_prewarmed_slot(&self, address: &Address, slot: &U256) -> bool {
        self.access_list
            .get(address)
            .is_some_and(|slots| slots.contains(slot))
    }

    /// Loads an account into `scratch` and makes it warm; tells whether it was
    /// cold.
    pub(crate) fn load(&mut self, address: Address, with_code: bool, skip_cold: bool) -> Load<()> {
        if skip_cold && !self.journal().is_warm(address) && !self.is_prewarmed(&address) {
            return Err(JournalLoadError::ColdLoadSkipped);
        }
        let account = self.journal().access(address).map_err(DbFault)?;
        let is_cold = !account.flags.warm && !self.is_prewarmed(&address);
        self.fill_scratch(account);
        if with_code {
            self.scratch.info.code = Some(self.db.bytecode(account.code_hash)?);
        }
        #[cfg(feature = "trace")]
        self.mirror.account(address, &self.scratch.info);
        Ok(StateLoad::new((), is_cold))
    }

    fn fill_scratch(&mut self, account: StateAccount) {
        self.scratch.info = AccountInfo {
            balance: account.balance,
            nonce: account.nonce,
            code_hash: account.code_hash,
            account_id: None,
            code: None,
        };
        let mut status = AccountStatus::empty();
        status.set(AccountStatus::Touched, account.flags.touched);
        status.set(AccountStatus::Created, account.flags.created);
        status.set(AccountStatus::SelfDestructed, account.flags.destroyed);
        status.set(AccountStatus::LoadedAsNotExisting, !account.existed);
        self.scratch.status = status;
    }

    pub(crate) fn load_slot(
        &mut self,
        address: Address,
        slot: U256,
        skip_cold: bool,
    ) -> Load<StorageValue> {
        let prewarmed = self.is_prewarmed_slot(&address, &slot);
        if skip_cold && !prewarmed && !self.journal().is_slot_warm(address, slot) {
            return Err(JournalLoadError::ColdLoadSkipped);
        }
        let (value, warm) = self.journal().access_slot(address, slot).map_err(DbFault)?;
        #[cfg(feature = "trace")]
        self.mirror.slot_read(address, slot, value, warm);
        Ok(StateLoad::new(value, !warm && !prewarmed))
    }

    pub(crate) fn store_slot(
        &mut self,
        address: Address,
        slot: U256,
        value: U256,
        skip_cold: bool,
    ) -> Load<SStoreResult> {
        let is_cold = self.load_slot(address, slot, skip_cold)?.is_cold;
        let change = self
            .journal()
            .set_slot(address, slot, value)
            .map_err(DbFault)?;
        #[cfg(feature = "trace")]
        self.mirror
            .slot_written(address, slot, change.present, value);
        Ok(StateLoad::new(
            SStoreResult {
                original_value: change.original,
                present_value: change.present,
                new_value: value,
            },
            is_cold,
        ))
    }
}

/// The result of a load that may be cold.
pub(crate) fn unless_fault<T>(load: Load<T>) -> Result<StateLoad<T>, DbFault> {
    load.map_err(|error| match error {
        JournalLoadError::DBError(fault) => fault,
        JournalLoadError::ColdLoadSkipped => DbFault(Fault::Bug(
            "a load was skipped that nobody allowed to skip".into(),
        )),
    })
}
