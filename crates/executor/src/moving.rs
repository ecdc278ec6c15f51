//! Move transactions, which come in Ethereum ones: the envelope only brings them, and its sender's
//! nonce counts; all else is between the inner transaction and the Move VM.

use crate::{ExecuteError, Executed, Executor};
use alloc::{format, string::String};
use alloy_consensus::Transaction as _;
use alloy_primitives::{B256, Bytes};
use lumio_state::{Fault, Finished, Journal, StateView};
use lumio_types::{
    AccountId, CARRIER, CarriedReceipt, MoveReceipt, MoveTransaction, OCTA_WEI, Transaction,
};
use lumio_vm_bus::{BlockContext, Bus, Env, Host, Observer, Vm, Vms};
use lumio_vm_evm::Invalid;
use lumio_vm_move::{
    GAS_PER_UNIT, GenesisError, MAX_GAS_UNITS, MoveTransactError, MoveTransacted, MoveVm,
};

/// Who looks on while a transaction runs.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "a VM need not be printable")]
pub struct Onlooker<'a> {
    /// The EVM whose frames are looked at, as other machines call it.
    pub evm: &'a dyn Vm,
    /// Who is told of calls between machines.
    pub observer: &'a dyn Observer,
}

/// Wei that a Move transaction pays for each EVM gas.
fn price_wei(inner: &MoveTransaction) -> u128 {
    let octas = u128::from(inner.signed.raw.gas_unit_price);
    octas.saturating_mul(u128::from(OCTA_WEI)) / u128::from(GAS_PER_UNIT)
}

impl From<MoveTransactError> for ExecuteError {
    fn from(error: MoveTransactError) -> Self {
        match error {
            MoveTransactError::Refused(refusal) => Self::Move(refusal),
            MoveTransactError::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl Executor {
    /// The Move VM.
    ///
    /// # Errors
    /// When the chain has none.
    fn needed_move_vm(&self) -> Result<&MoveVm, ExecuteError> {
        let missing = || Invalid::never("the Move VM is not part of this chain");
        Ok(self.move_vm().ok_or_else(missing)?)
    }

    /// What Move's genesis makes: the framework, and its state. Nothing on a chain without Move.
    ///
    /// # Errors
    /// When the framework does not fit the machine: a bug.
    pub fn move_genesis(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
    ) -> Result<Finished, Fault> {
        let Some(vm) = self.move_vm() else {
            return Ok(Finished::default());
        };
        let env = Env {
            chain_id: self.spec().chain_id,
            block: block.clone(),
            ..Env::default()
        };
        let mut journal = self.journal(view);
        let mut bus = Bus::new(&mut journal, &env, self.vms(), u64::MAX);
        vm.genesis(&mut bus).map_err(|error| match error {
            GenesisError::Fault(fault) => fault,
            GenesisError::Framework(error) => {
                Fault::Bug(format!("the Move framework's genesis: {error}"))
            }
        })?;
        journal.finish(self.spec().rules.clears_empty_accounts())
    }

    fn move_env(&self, block: &BlockContext, inner: &MoveTransaction) -> Env {
        Env {
            chain_id: self.spec().chain_id,
            block: block.clone(),
            origin: AccountId(B256::from(inner.sender.address.0)).evm_address(),
            gas_price: price_wei(inner),
            transaction_hash: inner.hash,
        }
    }

    /// Runs a Move transaction that came in an Ethereum one.
    ///
    /// # Errors
    /// When no block may contain it, or when the state cannot be read.
    pub(crate) fn execute_move(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
        envelope: &Transaction,
        inner: &MoveTransaction,
    ) -> Result<Executed, ExecuteError> {
        let mut journal = self.journal(view);
        let carried = (Some(envelope), inner);
        let transacted = self.transact_move(&mut journal, block, carried, None)?;
        self.settle_move(journal, inner, transacted)
    }

    /// The same without its end: what it changes stays in the journal. Somebody may look on.
    /// Without an envelope it is a simulation.
    ///
    /// # Errors
    /// When no block may contain it, or when the state cannot be read.
    pub fn transact_move(
        &self,
        journal: &mut Journal<'_>,
        block: &BlockContext,
        (envelope, inner): (Option<&Transaction>, &MoveTransaction),
        onlooker: Option<Onlooker<'_>>,
    ) -> Result<MoveTransacted, ExecuteError> {
        let vm = self.needed_move_vm()?;
        let env = self.move_env(block, inner);
        let mut gas = block.gas_limit;
        if let Some(envelope) = envelope {
            self.count_envelope(journal, envelope)?;
            check_gas(block, envelope, inner)?;
            gas = envelope.envelope().gas_limit();
        }
        let (vms, observer) = match onlooker {
            None => (self.vms(), None),
            Some(Onlooker { evm, observer }) => (Vms { evm, ..self.vms() }, Some(observer)),
        };
        let mut bus = Bus::new(journal, &env, vms, gas).observed_by(observer);
        Ok(vm.transact(inner, &mut bus, envelope.is_none())?)
    }

    /// Runs a Move transaction whose signatures were left out, to see what it would do.
    ///
    /// # Errors
    /// As if it were to be in a block.
    pub fn simulate_move(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
        inner: &MoveTransaction,
    ) -> Result<Executed, ExecuteError> {
        let mut journal = self.journal(view);
        let transacted = self.transact_move(&mut journal, block, (None, inner), None)?;
        self.settle_move(journal, inner, transacted)
    }

    /// Whether a Move transaction could be in a block on top of a state, as far as its prologue
    /// knows: what a mempool asks.
    ///
    /// # Errors
    /// The reason if it could not.
    pub fn validate_move(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
        inner: &MoveTransaction,
    ) -> Result<(), ExecuteError> {
        let vm = self.needed_move_vm()?;
        let env = Env {
            chain_id: self.spec().chain_id,
            block: block.clone(),
            ..Env::default()
        };
        let mut journal = self.journal(view);
        let mut bus = Bus::new(&mut journal, &env, self.vms(), block.gas_limit);
        Ok(vm.validate(inner, &mut bus)?)
    }

    /// Runs something on the Move VM on top of a state and drops what it changes: views.
    ///
    /// # Errors
    /// When the chain has no Move; and those of `run`.
    pub fn with_move<T>(
        &self,
        view: &dyn StateView,
        block: &BlockContext,
        gas: u64,
        run: impl FnOnce(&MoveVm, &mut dyn Host<'_>) -> T,
    ) -> Result<T, ExecuteError> {
        let vm = self.needed_move_vm()?;
        let env = Env {
            chain_id: self.spec().chain_id,
            block: block.clone(),
            ..Env::default()
        };
        let mut journal = self.journal(view);
        let mut bus = Bus::new(&mut journal, &env, self.vms(), gas);
        Ok(run(vm, &mut bus))
    }

    /// Checks what of the envelope matters, and counts its sender's nonce.
    pub(crate) fn count_envelope(
        &self,
        journal: &mut Journal<'_>,
        envelope: &Transaction,
    ) -> Result<(), ExecuteError> {
        let outer = envelope.envelope();
        if outer
            .chain_id()
            .is_some_and(|id| id != self.spec().chain_id)
        {
            return Err(Invalid::never("invalid chain id for signer").into());
        }
        if !outer.value().is_zero() {
            let message = "the carrier of another VM's transaction cannot bring value";
            return Err(Invalid::never(message).into());
        }
        if outer.access_list().is_some_and(|list| !list.0.is_empty()) {
            // Nobody would pay for its bytes.
            let message = "the carrier of another VM's transaction cannot bring an access list";
            return Err(Invalid::never(message).into());
        }
        let sender = envelope.sender();
        if sender == CARRIER {
            return Ok(());
        }
        let nonce = journal.account(sender)?.nonce;
        if outer.nonce() != nonce {
            return Err(Invalid::nonce(outer.nonce(), nonce).into());
        }
        let next = nonce
            .checked_add(1)
            .ok_or_else(|| Fault::Bug(String::from("a nonce of 2^64 - 1")))?;
        journal.touch(sender)?;
        journal.set_nonce(sender, next)?;
        Ok(())
    }

    /// From a journal to what a Move transaction came to.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn settle_move(
        &self,
        journal: Journal<'_>,
        inner: &MoveTransaction,
        transacted: MoveTransacted,
    ) -> Result<Executed, ExecuteError> {
        let finished = journal.finish(self.spec().rules.clears_empty_accounts())?;
        Ok(Executed {
            success: transacted.success,
            gas_used: transacted.gas_used,
            output: Bytes::new(),
            halt: (!transacted.success).then(|| transacted.status.clone()),
            events: finished.events,
            writes: finished.writes,
            credits: finished.credits,
            grew: finished.grew,
            contract_address: None,
            deposit_nonce: None,
            carried: Some(CarriedReceipt::Move(MoveReceipt {
                hash: inner.hash,
                sender: AccountId(inner.sender.address.0.into()),
                status: transacted.status,
                gas_units: transacted.gas_units,
            })),
        })
    }
}

/// Refuses an envelope that gives less gas than what it carries asks for: whoever wraps a
/// transaction must not be able to make it fail, at its sender's cost.
fn check_gas(
    block: &BlockContext,
    envelope: &Transaction,
    inner: &MoveTransaction,
) -> Result<(), ExecuteError> {
    let asked = inner.signed.raw.max_gas_amount.saturating_mul(GAS_PER_UNIT);
    let (needed, gas) = (asked.min(block.gas_limit), envelope.envelope().gas_limit());
    if gas >= needed || inner.signed.raw.max_gas_amount > MAX_GAS_UNITS {
        // What asks for more than anybody may is refused by Move, in its own words.
        return Ok(());
    }
    let message = format!(
        "the carrier's gas limit is {gas}, and the Move transaction in it may use {needed}"
    );
    Err(Invalid::never(message).into())
}
