//! Runs under the eyes of an inspector.

use crate::{
    Evm, EvmTransaction, OpContext, Rules, TransactError, Transacted,
    database::{DbFault, analysed, history_slot},
    machine::optimism_evm,
    queue,
    transact::transacted,
};
use alloy_eips::eip2935::HISTORY_STORAGE_ADDRESS;
use alloy_primitives::{Address, B256, U256};
use lumio_state::{Fault, Journal, StateKey, StateView};
use lumio_vm_bus::Host;
use op_revm::{OpHaltReason, OpTransactionError, handler::OpHandler};
use revm::{
    DatabaseRef, Inspector,
    context_interface::result::{EVMError, ExecutionResult},
    inspector::InspectorHandler,
    interpreter::interpreter::EthInterpreter,
    state::{Account, AccountInfo, AccountStatus, Bytecode, EvmState, EvmStorageSlot},
};

/// A run and its result in revm's form, which tracers build their output from.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// What it came to.
    pub transacted: Transacted,
    /// The same as revm says it.
    pub result: ExecutionResult<OpHaltReason>,
}

impl Evm {
    /// Runs a transaction as [`transact`](Self::transact) does, and shows every
    /// step to an inspector, which comes back with the result.
    ///
    /// # Errors
    /// As `transact`; and a fault under Ethereum's rules, which only the state
    /// tests use.
    pub fn inspect<'h, 'v, I>(
        &'h self,
        transaction: EvmTransaction,
        host: &'h mut (dyn Host<'v> + 'h),
        inspector: I,
    ) -> Result<(Inspected, I), TransactError>
    where
        I: Inspector<OpContext<'h, 'v>, EthInterpreter>,
    {
        let Rules::Optimism(fork) = self.rules() else {
            return Err(Fault::Bug("tracing needs the OP stack's rules".into()).into());
        };
        let precompiles = self.precompiles();
        let mut context = self
            .surroundings()
            .optimism(fork, transaction, host, &precompiles);
        context.journaled_state.mirror.enabled = true;
        let mut evm = optimism_evm(context, inspector, precompiles);
        let mut handler = OpHandler::<_, EVMError<DbFault, OpTransactionError>, _>::new();
        let result = queue::run(&mut handler, &mut evm, OpHandler::inspect_execution);
        evm.0.ctx.journaled_state.take_fault()?;
        let transacted = transacted(result.clone())?;
        let Ok(result) = result else {
            return Err(Fault::Bug("an error came out as a result".into()).into());
        };
        Ok((Inspected { transacted, result }, evm.0.inspector))
    }
}

/// The accounts that a transaction has looked at, in revm's form.
///
/// # Errors
/// When the state cannot be read.
pub fn inspected_state(journal: &Journal<'_>) -> Result<EvmState, Fault> {
    let mut state = EvmState::default();
    for loaded in journal.loaded_accounts() {
        let flags = loaded.info.flags;
        let mut status = AccountStatus::empty();
        status.set(AccountStatus::Touched, flags.touched);
        status.set(AccountStatus::Created, flags.created);
        status.set(AccountStatus::SelfDestructed, flags.destroyed);
        status.set(AccountStatus::LoadedAsNotExisting, !loaded.info.existed);
        let code = journal.code(loaded.info.code_hash)?;
        let mut account = Account {
            info: AccountInfo {
                balance: loaded.info.balance,
                nonce: loaded.info.nonce,
                code_hash: loaded.info.code_hash,
                account_id: None,
                code: Some(analysed(code)),
            },
            status,
            ..Account::default()
        };
        for (slot, original, present) in loaded.slots {
            account
                .storage
                .insert(slot, EvmStorageSlot::new_changed(original, present, 0));
        }
        state.insert(loaded.address, account);
    }
    Ok(state)
}

/// A state before a transaction, as tracers read it.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "a view need not be printable")]
pub struct ViewDb<'a>(pub &'a dyn StateView);

impl DatabaseRef for ViewDb<'_> {
    type Error = DbFault;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, DbFault> {
        let mut journal = Journal::new(self.0);
        let account = journal.account(address)?;
        if !account.existed {
            return Ok(None);
        }
        Ok(Some(AccountInfo {
            balance: account.balance,
            nonce: account.nonce,
            code_hash: account.code_hash,
            account_id: None,
            code: None,
        }))
    }

    fn code_by_hash_ref(&self, hash: B256) -> Result<Bytecode, DbFault> {
        let code = Journal::new(self.0).code(hash)?;
        Ok(analysed(code))
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, DbFault> {
        Ok(self.0.word(&StateKey::EvmStorage(address, slot))?)
    }

    fn block_hash_ref(&self, number: u64) -> Result<B256, DbFault> {
        let slot = history_slot(number);
        Ok(self.storage_ref(HISTORY_STORAGE_ADDRESS, slot)?.into())
    }
}
