//! One transaction.

use crate::Executor;
use alloc::{string::String, vec::Vec};
use alloy_consensus::Transaction as _;
use alloy_primitives::{Address, B256, Bytes, U256, U512};
use core::mem;
use lumio_state::{Fault, Journal, Overlay, StateView, Writes};
use lumio_types::{Carried, CarriedReceipt, Event, Receipt, Transaction, TransactionKind};
use lumio_vm_bus::{BlockContext, Bus, Env, Status};
use lumio_vm_evm::{EvmTransaction, Invalid, TransactError, Transacted, evm_transaction};
use lumio_vm_move::MoveRefusal;

/// A transaction that ran, whether its effects stand or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    /// Whether its effects stand. Its fee is paid either way.
    pub success: bool,
    /// Gas that it used after refunds.
    pub gas_used: u64,
    /// What it returned, or the data of its revert.
    pub output: Bytes,
    /// Why it halted, in the words that clients know.
    pub halt: Option<String>,
    /// The events of all VMs, in order.
    pub events: Vec<Event>,
    /// What it changes.
    pub writes: Writes,
    /// Wei to be added to balances that are not among the writes, by an executor that
    /// [defers credits](Executor::deferring_credits).
    pub credits: Vec<(Address, U256)>,
    /// By how many wei the sum of all balances grows, credits included. Zero when it shrinks.
    pub grew: U512,
    /// The contract that it created.
    pub contract_address: Option<Address>,
    /// For a deposit, its sender's nonce before.
    pub deposit_nonce: Option<u64>,
    /// What became of the transaction that it carries.
    pub carried: Option<CarriedReceipt>,
}

/// A transaction that did not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExecuteError {
    /// No block may contain it.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The Move transaction that it carries may be in no block.
    #[error("{0}")]
    Move(MoveRefusal),
    /// The Solana transaction that it carries may be in no block.
    #[cfg(feature = "std")]
    #[error("{0}")]
    Solana(lumio_vm_svm::SvmTransactError),
    /// The machinery failed; nothing is known about the transaction.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<TransactError> for ExecuteError {
    fn from(error: TransactError) -> Self {
        match error {
            TransactError::Invalid(invalid) => Self::Invalid(invalid),
            TransactError::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl Executor {
    /// Runs a transaction on top of a state.
    ///
    /// # Errors
    /// When no block may contain it, or when the state cannot be read.
    pub fn execute(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
        transaction: &Transaction,
    ) -> Result<Executed, ExecuteError> {
        match transaction.carried() {
            Some(Carried::Move(inner)) => {
                return self.execute_move(view, block, transaction, inner);
            }
            #[cfg(feature = "std")]
            Some(Carried::Solana(inner)) => {
                return self.execute_solana(view, block, transaction, inner);
            }
            None => {}
        }
        let deposit_nonce = match transaction.kind() {
            TransactionKind::Signed => None,
            TransactionKind::Deposit => {
                Some(Journal::new(view).account(transaction.sender())?.nonce)
            }
        };
        let hash = transaction.hash();
        let mut executed = self.execute_evm(view, block, evm_transaction(transaction), hash)?;
        if deposit_nonce.is_some() {
            executed.contract_address = executed.contract_address.filter(|_| executed.success);
            executed.deposit_nonce = deposit_nonce;
        }
        Ok(executed)
    }

    /// Runs a transaction in revm's form, which a simulation may have made up. Move derives
    /// addresses from its hash.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub fn execute_evm(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
        transaction: EvmTransaction,
        transaction_hash: B256,
    ) -> Result<Executed, ExecuteError> {
        let env = Env {
            transaction_hash,
            ..self.env(block, &transaction)
        };
        let mut journal = self.journal(view);
        let mut bus = Bus::new(&mut journal, &env, self.vms(), transaction.base.gas_limit);
        let transacted = self.evm.transact(transaction, &mut bus)?;
        self.settle(journal, transacted)
    }

    /// Block and transaction, as contracts see them.
    pub fn env(&self, block: &BlockContext, transaction: &EvmTransaction) -> Env {
        let base = &transaction.base;
        let base_fee = u128::from(block.base_fee);
        let gas_price = match base.gas_priority_fee {
            Some(tip) => base.gas_price.min(base_fee.saturating_add(tip)),
            None => base.gas_price,
        };
        Env {
            chain_id: self.spec.chain_id,
            block: block.clone(),
            origin: base.caller,
            gas_price,
            transaction_hash: B256::ZERO,
        }
    }

    /// From a journal to what the transaction came to.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn settle(
        &self,
        journal: Journal<'_>,
        transacted: Transacted,
    ) -> Result<Executed, ExecuteError> {
        let finished = journal.finish(self.spec.rules.clears_empty_accounts())?;
        Ok(Executed {
            success: transacted.status == Status::Success,
            gas_used: transacted.gas_used,
            output: transacted.output,
            halt: transacted.halt,
            events: finished.events,
            writes: finished.writes,
            credits: finished.credits,
            grew: finished.grew,
            contract_address: transacted.created,
            deposit_nonce: None,
            carried: None,
        })
    }
}

impl Executed {
    /// Moves what it changes onto a state, credits included.
    ///
    /// # Errors
    /// When a balance cannot be read.
    pub fn settle_on<V: StateView>(&mut self, state: &mut Overlay<V>) -> Result<(), Fault> {
        state.apply(mem::take(&mut self.writes));
        let mut credits = mem::take(&mut self.credits).into_iter();
        credits.try_for_each(|(owner, wei)| state.credit(owner, wei))
    }

    /// The receipt, given the gas that the block had used before.
    pub fn into_receipt(self, transaction: &Transaction, gas_used_before: u64) -> Receipt {
        let created = transaction
            .envelope()
            .kind()
            .is_create()
            .then_some(())
            .filter(|()| self.carried.is_none())
            .map(|()| transaction.sender().create(self.nonce_before(transaction)));
        Receipt {
            tx_type: transaction.envelope().tx_type(),
            success: self.success,
            gas_used: self.gas_used,
            cumulative_gas_used: gas_used_before.saturating_add(self.gas_used),
            events: self.events,
            // As geth does, the address is given for a failed creation too.
            contract_address: created,
            deposit_nonce: self.deposit_nonce,
            carried: self.carried,
        }
    }

    fn nonce_before(&self, transaction: &Transaction) -> u64 {
        self.deposit_nonce
            .unwrap_or_else(|| transaction.envelope().nonce())
    }
}
