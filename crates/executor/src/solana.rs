//! Solana transactions, which come in Ethereum ones as Move's do.

use crate::{ExecuteError, Executed, Executor, moving::Onlooker};
use alloy_consensus::Transaction as _;
use alloy_primitives::{B256, Bytes};
use lumio_state::{Fault, Finished, Journal, StateView};
use lumio_types::{AccountId, CarriedReceipt, SolanaReceipt, SolanaTransaction, Transaction};
use lumio_vm_bus::{BlockContext, Bus, Env, Host, Vms};
use lumio_vm_evm::Invalid;
use lumio_vm_svm::{Bid, SvmTransactError, SvmTransacted, SvmVm};

impl From<SvmTransactError> for ExecuteError {
    fn from(error: SvmTransactError) -> Self {
        match error {
            SvmTransactError::Fault(fault) => Self::Fault(fault),
            error => Self::Solana(error),
        }
    }
}

impl Executor {
    /// The Solana VM.
    ///
    /// # Errors
    /// When the chain has none.
    fn needed_svm(&self) -> Result<&SvmVm, ExecuteError> {
        let missing = || Invalid::never("the Solana VM is not part of this chain");
        Ok(self.svm()?.ok_or_else(missing)?)
    }

    /// What Solana's genesis makes: the programs of the runtime and of SPL, and the sysvars.
    /// Nothing on a chain without Solana.
    ///
    /// # Errors
    /// When the programs do not fit the machine: a bug.
    pub fn solana_genesis(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
    ) -> Result<Finished, Fault> {
        let Some(vm) = self.svm()? else {
            return Ok(Finished::default());
        };
        let env = self.plain_env(block);
        let mut journal = self.journal(view);
        let mut bus = Bus::new(&mut journal, &env, self.vms(), u64::MAX);
        vm.genesis(&mut bus)?;
        journal.finish(self.spec().rules.clears_empty_accounts())
    }

    fn plain_env(&self, block: &BlockContext) -> Env {
        Env {
            chain_id: self.spec().chain_id,
            block: block.clone(),
            ..Env::default()
        }
    }

    /// Gives the machines a state to look at, and so much gas; nothing of what they change is kept.
    pub fn with_machines<T>(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
        gas: u64,
        run: impl FnOnce(&mut dyn Host<'_>) -> T,
    ) -> T {
        let env = self.plain_env(block);
        let mut journal = self.journal(view);
        run(&mut Bus::new(&mut journal, &env, self.vms(), gas))
    }

    /// What contracts that a Solana transaction calls are told of it.
    fn solana_env(&self, block: &BlockContext, payer: AccountId, hash: B256) -> Env {
        Env {
            origin: payer.evm_address(),
            gas_price: u128::from(block.base_fee),
            transaction_hash: hash,
            ..self.plain_env(block)
        }
    }

    /// The most EVM gas that a Solana transaction can use: what its carrier must give it.
    ///
    /// # Errors
    /// When the chain has no Solana VM, or the transaction's compute budget is not valid.
    pub fn solana_gas_limit(
        &self,
        block_gas_limit: u64,
        inner: &SolanaTransaction,
    ) -> Result<u64, ExecuteError> {
        self.needed_svm()?;
        let bid = Bid::of(&inner.versioned).map_err(SvmTransactError::from)?;
        Ok(bid.gas_limit.min(block_gas_limit))
    }

    /// Runs a Solana transaction that came in an Ethereum one.
    ///
    /// # Errors
    /// When no block may contain it, or when the state cannot be read.
    pub(crate) fn execute_solana(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
        envelope: &Transaction,
        inner: &SolanaTransaction,
    ) -> Result<Executed, ExecuteError> {
        let mut journal = self.journal(view);
        let carried = (Some(envelope), inner);
        let transacted = self.transact_solana(&mut journal, block, carried, None)?;
        self.settle_solana(journal, inner, &transacted)
    }

    /// The same without its end: what it changes stays in the journal. Somebody may look on.
    /// Without an envelope it is a simulation.
    ///
    /// # Errors
    /// When no block may contain it, or when the state cannot be read.
    pub fn transact_solana(
        &self,
        journal: &mut Journal<'_>,
        block: &BlockContext,
        (envelope, inner): (Option<&Transaction>, &SolanaTransaction),
        onlooker: Option<Onlooker<'_>>,
    ) -> Result<SvmTransacted, ExecuteError> {
        let vm = self.needed_svm()?;
        let env = self.solana_env(block, inner.payer, inner.hash);
        let mut gas = block.gas_limit;
        if let Some(envelope) = envelope {
            self.count_envelope(journal, envelope)?;
            gas = envelope.envelope().gas_limit();
            let needed = self.solana_gas_limit(block.gas_limit, inner)?;
            if gas < needed {
                let message = format!(
                    "the carrier's gas limit is {gas}, and the Solana transaction in it may use {needed}"
                );
                return Err(Invalid::never(message).into());
            }
        }
        let (vms, observer) = match onlooker {
            None => (self.vms(), None),
            Some(Onlooker { evm, observer }) => (Vms { evm, ..self.vms() }, Some(observer)),
        };
        let mut bus = Bus::new(journal, &env, vms, gas).observed_by(observer);
        Ok(vm.transact(&inner.versioned, &mut bus)?)
    }

    /// Runs a Solana transaction whose signatures need not hold, to see what it would do, and what
    /// its accounts would be.
    ///
    /// # Errors
    /// As if it were to be in a block.
    pub fn simulate_solana(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
        inner: &SolanaTransaction,
    ) -> Result<(SvmTransacted, SolanaReceipt), ExecuteError> {
        let mut journal = self.journal(view);
        let transacted = self.transact_solana(&mut journal, block, (None, inner), None)?;
        let receipt = transacted.receipt(inner, &mut journal)?;
        Ok((transacted, receipt))
    }

    /// The same, and what it would come to in a block.
    ///
    /// # Errors
    /// As if it were to be in a block.
    pub fn try_solana(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
        inner: &SolanaTransaction,
    ) -> Result<Executed, ExecuteError> {
        let mut journal = self.journal(view);
        let transacted = self.transact_solana(&mut journal, block, (None, inner), None)?;
        self.settle_solana(journal, inner, &transacted)
    }

    /// Whether a Solana transaction could be in a block on top of a state, as far as its shape, its
    /// age and its payer tell: what a mempool asks.
    ///
    /// # Errors
    /// The reason if it could not.
    pub fn validate_solana(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
        inner: &SolanaTransaction,
    ) -> Result<(), ExecuteError> {
        let vm = self.needed_svm()?;
        let env = self.plain_env(block);
        let mut journal = self.journal(view);
        let mut bus = Bus::new(&mut journal, &env, self.vms(), block.gas_limit);
        Ok(vm.validate(&inner.versioned, &mut bus)?)
    }

    /// From a journal to what a Solana transaction came to.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn settle_solana(
        &self,
        mut journal: Journal<'_>,
        inner: &SolanaTransaction,
        transacted: &SvmTransacted,
    ) -> Result<Executed, ExecuteError> {
        let receipt = transacted.receipt(inner, &mut journal)?;
        let finished = journal.finish(self.spec().rules.clears_empty_accounts())?;
        Ok(Executed {
            success: transacted.status.is_ok(),
            gas_used: transacted.gas_used,
            output: Bytes::copy_from_slice(&transacted.return_data.data),
            halt: transacted.status.as_ref().err().map(ToString::to_string),
            events: finished.events,
            writes: finished.writes,
            credits: finished.credits,
            grew: finished.grew,
            contract_address: None,
            deposit_nonce: None,
            carried: Some(CarriedReceipt::Solana(receipt.into())),
        })
    }
}
