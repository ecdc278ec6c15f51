//! The bus: routes a call to its VM, and decides what of it stays.
//!
//! ```text
//! depth and gas ──► checkpoint ──► move value ──► run ──► keep | revert
//! ```

use crate::{
    Call, CallKind, Env, Fault, Host, Meter, Observer, Outcome, Parked, Status, Vm, Waiting,
    is_program_owned,
};
use alloc::{format, vec::Vec};
use alloy_primitives::Address;
use lumio_state::{Journal, StateKey, Value};
use lumio_types::{AccountId, EvmForm, VmId};

/// Calls between VMs that may be open at once. Each takes native stack, unlike
/// the frames within the EVM, which are bounded on their own.
pub const MAX_DEPTH: usize = 64;

/// The virtual machines of a chain.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "a VM need not be printable")]
pub struct Vms<'a> {
    /// The EVM.
    pub evm: &'a dyn Vm,
    /// The Move VM.
    pub move_vm: &'a dyn Vm,
    /// The Solana VM.
    pub svm: &'a dyn Vm,
}

impl<'a> Vms<'a> {
    fn get(&self, id: VmId) -> &'a dyn Vm {
        match id {
            VmId::Evm => self.evm,
            VmId::Move => self.move_vm,
            VmId::Svm => self.svm,
        }
    }
}

/// Stands where a chain has no such VM: every call reverts and says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Absent;

impl Vm for Absent {
    fn run<'v>(&self, call: &Call, _: &mut dyn Host<'v>) -> Result<Outcome, Fault> {
        let reason = format!("the {} is not part of this chain", call.vm);
        Ok(Outcome::refusal(&reason))
    }
}

/// One call of a transaction as its host: journal, gas and the way to others.
#[allow(missing_debug_implementations, reason = "a VM need not be printable")]
pub struct Bus<'a, 'v> {
    journal: &'a mut Journal<'v>,
    env: &'a Env,
    vms: Vms<'a>,
    meter: Meter,
    depth: usize,
    is_static: bool,
    waiting: Vec<Waiting>,
    observer: Option<&'a dyn Observer>,
    parked: Parked,
}

impl<'a, 'v> Bus<'a, 'v> {
    /// The host of a transaction's outermost call, with all of its gas.
    pub fn new(journal: &'a mut Journal<'v>, env: &'a Env, vms: Vms<'a>, gas: u64) -> Self {
        Self {
            journal,
            env,
            vms,
            meter: Meter::new(gas),
            depth: 0,
            is_static: false,
            waiting: Vec::new(),
            observer: None,
            parked: Parked::default(),
        }
    }

    /// The same, with somebody who looks on.
    #[must_use]
    pub fn observed_by(self, observer: Option<&'a dyn Observer>) -> Self {
        Self { observer, ..self }
    }

    /// Runs a call with all the gas that it names, which this call then pays.
    pub(crate) fn run(&mut self, call: &Call) -> Result<Outcome, Fault> {
        let Some(observer) = self.observer else {
            return self.run_unobserved(call);
        };
        observer.begin(call, self.journal);
        let outcome = self.run_unobserved(call)?;
        observer.end(call, &outcome, self.journal);
        Ok(outcome)
    }

    fn run_unobserved(&mut self, call: &Call) -> Result<Outcome, Fault> {
        if self.depth >= MAX_DEPTH {
            let reason = format!("more than {MAX_DEPTH} calls between virtual machines are open");
            return Ok(Outcome::refusal(&reason));
        }
        let checkpoint = self.journal.checkpoint();
        if !call.is_static {
            // The callee may ask who its caller is.
            ledger_address(self.journal, call.caller)?;
        }
        if call.is_static && call.kind != CallKind::Call {
            return Ok(Outcome::refusal("a static call cannot make a contract"));
        }
        if let Err(refused) = self.move_value(call)? {
            self.journal.revert(checkpoint);
            return Ok(refused);
        }
        let mut waiting = self.waiting.clone();
        waiting.extend(call.waiting.iter().cloned());
        let mut callee = Bus {
            journal: self.journal,
            env: self.env,
            vms: self.vms,
            meter: Meter::new(call.gas),
            depth: self.depth + 1,
            is_static: call.is_static,
            waiting,
            observer: self.observer,
            parked: core::mem::take(&mut self.parked),
        };
        let ended = self.vms.get(call.vm).run(call, &mut callee);
        self.parked = callee.parked;
        let mut outcome = ended?;
        match outcome.status {
            Status::Success if call.is_static && self.journal.changed_since(checkpoint) => {
                return Err(Fault::Bug(format!(
                    "the {} wrote in a static call",
                    call.vm
                )));
            }
            Status::Success => {}
            Status::Revert => self.journal.revert(checkpoint),
            Status::OutOfGas | Status::Halt => {
                self.journal.revert(checkpoint);
                outcome.gas_used = call.gas;
            }
        }
        if !outcome.is_success() {
            outcome.gas_refund = 0;
        }
        outcome.gas_used = outcome.gas_used.min(call.gas);
        self.meter.charge(outcome.gas_used).map_err(|_| {
            Fault::Bug(format!(
                "a call of the {} used more gas than it was given",
                call.vm
            ))
        })?;
        Ok(outcome)
    }

    /// The only place where wei go from an account of one VM to one of another.
    fn move_value(&mut self, call: &Call) -> Result<Result<(), Outcome>, Fault> {
        if call.value_wei.is_zero() {
            return Ok(Ok(()));
        }
        let form = call.caller.evm_form();
        if is_program_owned(self.journal, call.caller, form)? {
            let reason = "the caller's account belongs to a Solana program, and the Solana VM \
                          alone spends its ETH";
            return Ok(Err(Outcome::refusal(reason)));
        }
        // A creation pays its contract itself, once there is one.
        if call.kind != CallKind::Call {
            return Ok(Ok(()));
        }
        if call.is_static {
            let reason = "a static call cannot carry value";
            return Ok(Err(Outcome::refusal(reason)));
        }
        let payer = ledger_address_of(self.journal, call.caller, form)?;
        let payee = ledger_address(self.journal, call.target)?;
        let moved = self.journal.transfer(payer, payee, call.value_wei)?;
        Ok(moved.map_err(|error| Outcome::refusal(&format!("{error}"))))
    }
}

/// The address under which an account's wei are, of an account that is about to get or give some.
/// A hashed one is recorded, so that the account can be found from it.
///
/// # Errors
/// When the state cannot be read.
pub fn ledger_address(journal: &mut Journal<'_>, id: AccountId) -> Result<Address, Fault> {
    ledger_address_of(journal, id, id.evm_form())
}

/// The same for an account whose address form is known already.
///
/// # Errors
/// When the state cannot be read.
pub fn ledger_address_of(
    journal: &mut Journal<'_>,
    id: AccountId,
    form: EvmForm,
) -> Result<Address, Fault> {
    match form {
        EvmForm::Padded(address) => Ok(address),
        EvmForm::Alias(address) => {
            let key = StateKey::Link(address);
            // No link is ever changed: what was there before the transaction is there now.
            let is_old = journal.view().get(&key)?.is_some();
            if !is_old && journal.read(&key)?.is_none() {
                journal.write(key, Some(Value::from(id.0.as_slice())))?;
            }
            Ok(address)
        }
    }
}

impl<'v> Host<'v> for Bus<'_, 'v> {
    fn journal(&mut self) -> &mut Journal<'v> {
        self.journal
    }

    fn journal_ref(&self) -> &Journal<'v> {
        self.journal
    }

    fn call(&mut self, mut call: Call) -> Result<Outcome, Fault> {
        call.is_static |= self.is_static;
        call.gas = call.gas.min(self.meter.most_to_pass_on());
        self.run(&call)
    }

    fn env(&self) -> &Env {
        self.env
    }

    fn meter(&mut self) -> &mut Meter {
        &mut self.meter
    }

    fn is_static(&self) -> bool {
        self.is_static
    }

    fn depth(&self) -> usize {
        self.depth
    }

    fn waiting(&self) -> &[Waiting] {
        &self.waiting
    }

    fn parked(&mut self) -> &mut Parked {
        &mut self.parked
    }

    fn run_queue(&mut self, first_log: usize) -> Result<Option<Outcome>, Fault> {
        if let Some(observer) = self.observer {
            observer.begin_queue();
        }
        crate::queue::run(self, first_log)
    }
}
