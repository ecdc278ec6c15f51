//! revm's journal trait over the one journal of all VMs.
//!
//! **Invariant:** nothing here is a copy of state. `scratch` holds an account
//! only while revm looks at it, and is filled anew at each load.

use crate::{
    account::JournaledAccount,
    database::{DbFault, HostDb},
    load::{Load, unless_fault},
};
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Log, U256, map::AddressMap, map::AddressSet, map::HashSet};
use lumio_state::{Created, Fault, Journal};

use lumio_vm_bus::faces;
use revm::{
    context_interface::{
        context::{SStoreResult, SelfDestructResult, StateLoad},
        journaled_state::{
            AccountInfoLoad, AccountLoad, JournalCheckpoint, JournalLoadError, JournalTr,
            TransferError,
        },
    },
    primitives::{StorageKey, StorageValue, hardfork::SpecId},
    state::{Account, Bytecode, EvmState},
};

/// The journal as revm sees it, for one run of the EVM.
#[derive(Debug)]
pub struct EvmJournal<'h, 'v> {
    pub(crate) db: HostDb<'h, 'v>,
    pub(crate) scratch: Account,
    /// A fault where revm's trait leaves no way to report one. Whoever runs
    /// the EVM asks for it at the end.
    pub(crate) fault: Option<Fault>,
    spec: SpecId,
    depth: usize,
    /// Where this run began: an EVM that gives up goes back there, and leaves
    /// what came before to its caller.
    base: lumio_state::Checkpoint,
    pub(crate) precompiles: &'static AddressSet,
    pub(crate) more_precompiles: AddressSet,
    pub(crate) coinbase: Option<Address>,
    /// The transaction has run, and fees are paid.
    pub(crate) is_settling: bool,
    pub(crate) access_list: AddressMap<HashSet<StorageKey>>,
    #[cfg(feature = "trace")]
    pub(crate) mirror: crate::mirror::Mirror,
}

impl<'h, 'v> EvmJournal<'h, 'v> {
    pub(crate) fn journal(&mut self) -> &mut Journal<'v> {
        self.db.host.journal()
    }

    /// Whether an account is loaded only to give it a fee that is put aside.
    fn only_credits(&mut self, address: Address) -> bool {
        self.is_settling && self.coinbase == Some(address) && self.journal().puts_aside(address)
    }

    /// Makes ready for an inspector, which has seen so many frames begin and not end.
    #[cfg(feature = "trace")]
    pub(crate) fn watch(&mut self, open_frames: usize) {
        self.mirror.enabled = true;
        self.depth = open_frames;
    }

    /// The fault that was kept back, if any.
    pub(crate) fn take_fault(&mut self) -> Result<(), Fault> {
        self.fault.take().map_or(Ok(()), Err)
    }

    pub(crate) fn keep<T: Default>(&mut self, result: Result<T, Fault>) -> T {
        result.unwrap_or_else(|fault| {
            self.fault.get_or_insert(fault);
            T::default()
        })
    }

    fn to_theirs(checkpoint: lumio_state::Checkpoint) -> JournalCheckpoint {
        JournalCheckpoint {
            log_i: checkpoint.logs,
            journal_i: checkpoint.undo,
            selfdestructed_i: 0,
        }
    }
}

impl<'h, 'v> JournalTr for EvmJournal<'h, 'v> {
    type Database = HostDb<'h, 'v>;
    type State = EvmState;
    type JournaledAccount<'a>
        = JournaledAccount<'a, 'h, 'v>
    where
        Self: 'a;

    fn new(db: HostDb<'h, 'v>) -> Self {
        let base = db.host.journal().checkpoint();
        Self {
            db,
            scratch: Account::default(),
            fault: None,
            spec: SpecId::default(),
            depth: 0,
            base,
            precompiles: revm::precompile::Precompiles::homestead().addresses_set(),
            more_precompiles: AddressSet::default(),
            coinbase: None,
            is_settling: false,
            access_list: AddressMap::default(),
            #[cfg(feature = "trace")]
            mirror: crate::mirror::Mirror::default(),
        }
    }

    fn db_mut(&mut self) -> &mut Self::Database {
        &mut self.db
    }

    fn db(&self) -> &Self::Database {
        &self.db
    }

    fn sload_skip_cold_load(
        &mut self,
        address: Address,
        key: StorageKey,
        skip_cold_load: bool,
    ) -> Load<StorageValue> {
        self.load_slot(address, key, skip_cold_load)
    }

    fn sstore_skip_cold_load(
        &mut self,
        address: Address,
        key: StorageKey,
        value: StorageValue,
        skip_cold_load: bool,
    ) -> Load<SStoreResult> {
        self.store_slot(address, key, value, skip_cold_load)
    }

    fn tload(&mut self, address: Address, key: StorageKey) -> StorageValue {
        self.journal().transient(address, key)
    }

    fn tstore(&mut self, address: Address, key: StorageKey, value: StorageValue) {
        self.journal().set_transient(address, key, value);
    }

    /// A transfer of a token with a Move face is announced to Move's clients too, and before, so that
    /// the EVM's own log is the newest.
    fn log(&mut self, log: Log) {
        let emitted = faces::emit_log(self.journal(), log);
        self.keep(emitted);
    }

    /// Nothing: the logs stay in the journal, where those of other VMs are.
    fn take_logs(&mut self) -> Vec<Log> {
        Vec::new()
    }

    fn logs(&self) -> &[Log] {
        self.db.host.journal_ref().logs()
    }

    fn selfdestruct(
        &mut self,
        address: Address,
        target: Address,
        skip_cold_load: bool,
    ) -> Load<SelfDestructResult> {
        let is_cold = self.load(target, false, skip_cold_load)?.is_cold;
        let target_exists = !self.scratch.state_clear_aware_is_empty(self.spec);
        let only_if_created = self.spec.is_enabled_in(SpecId::CANCUN);
        #[cfg(feature = "trace")]
        let left = self.journal().balance(address).map_err(DbFault)?;
        let found = self
            .journal()
            .self_destruct(address, target, only_if_created)
            .map_err(DbFault)?;
        #[cfg(feature = "trace")]
        self.mirror.destroyed(address, target, left);
        Ok(StateLoad::new(
            SelfDestructResult {
                had_value: found.had_value,
                target_exists,
                previously_destroyed: found.again,
            },
            is_cold,
        ))
    }

    fn warm_access_list(&mut self, access_list: AddressMap<HashSet<StorageKey>>) {
        self.access_list = access_list;
    }

    fn warm_coinbase_account(&mut self, address: Address) {
        self.coinbase = Some(address);
    }

    fn warm_precompiles(&mut self, addresses: AddressSet) {
        self.more_precompiles = addresses;
    }

    fn precompile_addresses(&self) -> &AddressSet {
        self.precompiles
    }

    fn set_spec_id(&mut self, spec: SpecId) {
        self.spec = spec;
    }

    /// Logs of plain transfers come with a fork that this chain does not have.
    fn set_eip7708_config(&mut self, _: bool, _: bool) {}

    fn touch_account(&mut self, address: Address) {
        let touched = self.journal().touch(address);
        self.keep(touched);
    }

    fn transfer(
        &mut self,
        from: Address,
        to: Address,
        wei: U256,
    ) -> Result<Option<TransferError>, DbFault> {
        unless_fault(self.load(from, false, false))?;
        unless_fault(self.load(to, false, false))?;
        let moved = self.journal().transfer(from, to, wei)?;
        Ok(moved.err().map(|error| match error {
            lumio_state::TransferError::OutOfFunds => TransferError::OutOfFunds,
            lumio_state::TransferError::Overflow => TransferError::OverflowPayment,
        }))
    }

    fn transfer_loaded(&mut self, from: Address, to: Address, wei: U256) -> Option<TransferError> {
        let moved = self.journal().transfer(from, to, wei);
        match moved {
            Ok(Ok(())) => None,
            Ok(Err(lumio_state::TransferError::OutOfFunds)) => Some(TransferError::OutOfFunds),
            Ok(Err(lumio_state::TransferError::Overflow)) => Some(TransferError::OverflowPayment),
            Err(fault) => {
                self.fault.get_or_insert(fault);
                Some(TransferError::OutOfFunds)
            }
        }
    }

    fn caller_accounting_journal_entry(&mut self, _: Address, _: U256, _: bool) {
        // For journals whose accounts are changed behind their back.
    }

    fn balance_incr(&mut self, address: Address, wei: U256) -> Result<(), DbFault> {
        Ok(self.journal().credit(address, wei)?)
    }

    fn nonce_bump_journal_entry(&mut self, _: Address) {
        // For journals whose accounts are changed behind their back.
    }

    fn load_account(&mut self, address: Address) -> Result<StateLoad<&Account>, DbFault> {
        let is_cold = unless_fault(self.load(address, false, false))?.is_cold;
        Ok(StateLoad::new(&self.scratch, is_cold))
    }

    fn load_account_with_code(&mut self, address: Address) -> Result<StateLoad<&Account>, DbFault> {
        let is_cold = unless_fault(self.load(address, true, false))?.is_cold;
        Ok(StateLoad::new(&self.scratch, is_cold))
    }

    fn load_account_delegated(
        &mut self,
        address: Address,
    ) -> Result<StateLoad<AccountLoad>, DbFault> {
        let with_code = self.spec.is_enabled_in(SpecId::PRAGUE);
        let is_cold = unless_fault(self.load(address, with_code, false))?.is_cold;
        let is_empty = self.scratch.state_clear_aware_is_empty(self.spec);
        let delegate = self
            .scratch
            .info
            .code
            .as_ref()
            .and_then(Bytecode::eip7702_address);
        let is_delegate_account_cold = match delegate {
            None => None,
            Some(delegate) => Some(unless_fault(self.load(delegate, true, false))?.is_cold),
        };
        Ok(StateLoad::new(
            AccountLoad {
                is_delegate_account_cold,
                is_empty,
            },
            is_cold,
        ))
    }

    fn load_account_mut_skip_cold_load(
        &mut self,
        address: Address,
        skip_cold_load: bool,
    ) -> Load<JournaledAccount<'_, 'h, 'v>> {
        if self.only_credits(address) {
            return Ok(StateLoad::new(
                JournaledAccount::unseen(self, address),
                false,
            ));
        }
        let is_cold = self.load(address, false, skip_cold_load)?.is_cold;
        Ok(StateLoad::new(
            JournaledAccount::new(self, address),
            is_cold,
        ))
    }

    fn load_account_mut_optional_code(
        &mut self,
        address: Address,
        load_code: bool,
    ) -> Result<StateLoad<JournaledAccount<'_, 'h, 'v>>, DbFault> {
        let is_cold = unless_fault(self.load(address, load_code, false))?.is_cold;
        Ok(StateLoad::new(
            JournaledAccount::new(self, address),
            is_cold,
        ))
    }

    fn set_code_with_hash(&mut self, address: Address, code: Bytecode, hash: B256) {
        let raw = code.original_bytes();
        let set = self.journal().set_code(address, hash, raw);
        self.keep(set);
    }

    fn checkpoint(&mut self) -> JournalCheckpoint {
        self.depth = self.depth.saturating_add(1);
        Self::to_theirs(self.journal().checkpoint())
    }

    fn checkpoint_commit(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn checkpoint_revert(&mut self, checkpoint: JournalCheckpoint) {
        self.depth = self.depth.saturating_sub(1);
        // The default checkpoint means "all of this run".
        let undo = checkpoint.journal_i.max(self.base.undo);
        let logs = checkpoint.log_i.max(self.base.logs);
        self.journal()
            .revert(lumio_state::Checkpoint { undo, logs });
    }

    fn create_account_checkpoint(
        &mut self,
        caller: Address,
        address: Address,
        wei: U256,
        spec: SpecId,
    ) -> Result<JournalCheckpoint, TransferError> {
        let checkpoint = self.checkpoint();
        let nonce = u64::from(spec.is_enabled_in(SpecId::SPURIOUS_DRAGON));
        let created = self.journal().create_account(caller, address, wei, nonce);
        let error = match created {
            Ok(Created::Yes) => return Ok(checkpoint),
            Ok(Created::Collision) => TransferError::CreateCollision,
            Ok(Created::Overflow) => TransferError::OverflowPayment,
            Err(fault) => {
                self.fault.get_or_insert(fault);
                TransferError::CreateCollision
            }
        };
        self.checkpoint_revert(checkpoint);
        Err(error)
    }

    fn depth(&self) -> usize {
        self.depth
    }

    fn commit_tx(&mut self) {
        self.depth = 0;
        self.coinbase = None;
        self.is_settling = false;
        self.access_list = AddressMap::default();
    }

    fn discard_tx(&mut self) {
        let base = self.base;
        self.journal().revert(base);
        self.commit_tx();
    }

    /// Nothing: the changes stay in the journal of all VMs.
    fn finalize(&mut self) -> EvmState {
        self.commit_tx();
        EvmState::default()
    }

    fn load_account_info_skip_cold_load(
        &mut self,
        address: Address,
        load_code: bool,
        skip_cold_load: bool,
    ) -> Result<AccountInfoLoad<'_>, JournalLoadError<DbFault>> {
        let is_cold = self.load(address, load_code, skip_cold_load)?.is_cold;
        let is_empty = self.scratch.state_clear_aware_is_empty(self.spec);
        Ok(AccountInfoLoad::new(&self.scratch.info, is_cold, is_empty))
    }
}
