//! One block: what its start changes, and its transactions in order.

use crate::{ExecuteError, Executor, Fault};
use alloc::vec::Vec;
use alloy_consensus::Transaction as _;
use alloy_eips::{
    eip2935::HISTORY_STORAGE_ADDRESS,
    eip4788::{BEACON_ROOTS_ADDRESS, SYSTEM_ADDRESS},
};
use alloy_primitives::B256;
use lumio_state::{Finished, Journal, Overlay, StateView, WriteSet, Writes};
use lumio_types::{Receipt, Transaction};
use lumio_vm_bus::{BlockContext, Bus, Env};
use lumio_vm_evm::{SYSTEM_CALL_GAS, SpecId};

/// A block that ran.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockOutcome {
    /// One for each transaction.
    pub receipts: Vec<Receipt>,
    /// What the whole block changes.
    pub writes: WriteSet,
    /// Gas of all transactions.
    pub gas_used: u64,
}

/// A block that is not valid, or could not be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// The state could not be read.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// It contains a transaction that it may not contain.
    #[error("transaction {index} ({hash}): {error}")]
    Transaction {
        /// Its place in the block.
        index: usize,
        /// Its hash.
        hash: B256,
        /// What is wrong with it.
        error: ExecuteError,
    },
    /// Its transactions use more gas than it may.
    #[error("transaction {index}: the block's gas limit of {limit} is exceeded")]
    GasLimit {
        /// The first transaction that does not fit.
        index: usize,
        /// The limit.
        limit: u64,
    },
}

impl Executor {
    /// What the start of a block changes before its first transaction: the
    /// system calls of EIP-4788 and EIP-2935, and the prologue of Move.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn begin_block(&self, view: &dyn StateView, block: &BlockContext) -> Result<Writes, Fault> {
        Ok(self.begin_block_with_events(view, block)?.writes)
    }

    /// The same with what the start of the block announces. No receipt has
    /// these events; they are for the clients of Move.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn begin_block_with_events(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
    ) -> Result<Finished, Fault> {
        let fork = self.spec().rules.ethereum_fork();
        let env = Env {
            chain_id: self.spec().chain_id,
            block: block.clone(),
            origin: SYSTEM_ADDRESS,
            ..Env::default()
        };
        let mut journal = Journal::new(view);
        let mut bus = Bus::new(&mut journal, &env, self.vms(), SYSTEM_CALL_GAS);
        if fork.is_enabled_in(SpecId::CANCUN)
            && let Some(root) = block.parent_beacon_block_root
        {
            self.evm()
                .system_call(BEACON_ROOTS_ADDRESS, root.0.into(), &mut bus)?;
        }
        if let Some(move_vm) = self.move_vm() {
            move_vm.begin_block(&mut bus)?;
        }
        #[cfg(feature = "std")]
        if let Some(svm) = self.svm()? {
            svm.begin_block(lumio_vm_bus::Host::journal(&mut bus), block)?;
        }
        if fork.is_enabled_in(SpecId::PRAGUE) {
            let parent = block.parent_hash.0.into();
            self.evm()
                .system_call(HISTORY_STORAGE_ADDRESS, parent, &mut bus)?;
        }
        journal.finish(self.spec().rules.clears_empty_accounts())
    }

    /// Adds what the end of a block changes to what its beginning and its transactions have.
    #[cfg_attr(not(feature = "std"), allow(unused_variables))]
    pub fn end_block(&self, block: &BlockContext, writes: &mut WriteSet) {
        #[cfg(feature = "std")]
        if self.spec().has_svm {
            lumio_vm_svm::SvmVm::end_block(block.number, writes);
        }
    }

    /// Runs a whole block in order.
    ///
    /// # Errors
    /// When it is invalid or the state cannot be read.
    pub fn execute_block(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
        transactions: &[Transaction],
    ) -> Result<BlockOutcome, BlockError> {
        let mut state = Overlay::new(view);
        state.apply(self.begin_block(view, block)?);
        let mut outcome = BlockOutcome::default();
        for (index, transaction) in transactions.iter().enumerate() {
            let remaining = block.gas_limit.saturating_sub(outcome.gas_used);
            if transaction.envelope().gas_limit() > remaining {
                return Err(BlockError::GasLimit {
                    index,
                    limit: block.gas_limit,
                });
            }
            let mut executed = self.execute(&state, block, transaction).map_err(|error| {
                BlockError::Transaction {
                    index,
                    hash: transaction.hash(),
                    error,
                }
            })?;
            state.apply(core::mem::take(&mut executed.writes));
            let receipt = executed.into_receipt(transaction, outcome.gas_used);
            outcome.gas_used = receipt.cumulative_gas_used;
            if outcome.gas_used > block.gas_limit {
                return Err(BlockError::GasLimit {
                    index,
                    limit: block.gas_limit,
                });
            }
            outcome.receipts.push(receipt);
        }
        outcome.writes = state.into_writes();
        self.end_block(block, &mut outcome.writes);
        Ok(outcome)
    }
}
