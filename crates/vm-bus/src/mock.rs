//! A VM whose programs are lists of steps: the second implementation of
//! [`Vm`], with which the rules of the seam are tested.

use crate::{Call, Fault, Host, Outcome, Status, Vm};
use alloc::{collections::BTreeMap, vec::Vec};
use alloy_primitives::{Bytes, Log, LogData, U256};
use lumio_state::{StateKey, Value};
use lumio_types::{AccountId, Event, EventOrigin, VmId};

/// Gas of each step.
pub const STEP_GAS: u64 = 100;

/// What a mock program does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Writes one of the program's own cells. Zero deletes it.
    Write(u8, u64),
    /// Emits an event with the program as its origin.
    Emit(u64),
    /// Pays wei from the program's account.
    Pay(AccountId, U256),
    /// Calls a contract.
    Call(MockCall),
    /// Gives up.
    Revert,
    /// Uses all gas.
    Exhaust,
}

/// A call that a mock program makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MockCall {
    /// The VM of the target.
    pub vm: VmId,
    /// The contract.
    pub target: AccountId,
    /// Wei that go along.
    pub value_wei: U256,
    /// What a contract of another kind makes sense of.
    pub input: Bytes,
    /// Whether the program goes on after a failure.
    pub catch: bool,
    /// Whether nothing may change.
    pub is_static: bool,
}

/// Mock programs by their accounts. An account without one does nothing.
#[derive(Clone, Debug, Default)]
pub struct MockVm {
    programs: BTreeMap<AccountId, Vec<Step>>,
}

impl MockVm {
    /// A VM with these programs.
    pub fn new(programs: BTreeMap<AccountId, Vec<Step>>) -> Self {
        Self { programs }
    }

    /// The key of a program's cell on a VM.
    pub fn cell(vm: VmId, owner: AccountId, cell: u8) -> StateKey {
        let name = Bytes::copy_from_slice(&[cell]);
        match vm {
            VmId::Evm => StateKey::EvmStorage(owner.evm_address(), U256::from(cell)),
            VmId::Move => StateKey::MoveResource(owner, name),
            VmId::Svm => StateKey::MoveTableItem(owner.0, name),
        }
    }

    /// The event that [`Step::Emit`] makes.
    pub fn event(vm: VmId, owner: AccountId, number: u64) -> Event {
        let data = Bytes::copy_from_slice(&number.to_be_bytes());
        let data = LogData::new_unchecked(Vec::new(), data);
        Event {
            origin: match vm {
                VmId::Evm => EventOrigin::Evm,
                VmId::Move => EventOrigin::Move(Default::default()),
                VmId::Svm => EventOrigin::Svm,
            },
            log: Log {
                address: owner.evm_address(),
                data,
            },
        }
    }

    /// Runs a step. `Some` ends the program.
    fn step<'v>(
        step: &Step,
        call: &Call,
        host: &mut dyn Host<'v>,
    ) -> Result<Option<Status>, Fault> {
        if host.meter().charge(STEP_GAS).is_err() {
            return Ok(Some(Status::OutOfGas));
        }
        let changes = matches!(step, Step::Write(..) | Step::Emit(_) | Step::Pay(..));
        if changes && host.is_static() {
            return Ok(Some(Status::Halt));
        }
        match step {
            Step::Write(cell, value) => {
                let value = (*value != 0).then(|| Value::word(U256::from(*value)));
                host.journal()
                    .write(Self::cell(call.vm, call.target, *cell), value)?;
                Ok(None)
            }
            Step::Emit(number) => {
                host.journal()
                    .emit(Self::event(call.vm, call.target, *number));
                Ok(None)
            }
            Step::Pay(payee, wei) => {
                let (payer, payee) = (call.target.evm_address(), payee.evm_address());
                let paid = host.journal().transfer(payer, payee, *wei)?;
                Ok(paid.is_err().then_some(Status::Revert))
            }
            Step::Call(nested) => {
                let gas = host.meter().remaining();
                let outcome = host.call(Call {
                    value_wei: nested.value_wei,
                    is_static: nested.is_static,
                    ..Call::new(
                        nested.vm,
                        call.target,
                        nested.target,
                        nested.input.clone(),
                        gas,
                    )
                })?;
                Ok((!outcome.is_success() && !nested.catch).then_some(Status::Revert))
            }
            Step::Revert => Ok(Some(Status::Revert)),
            Step::Exhaust => Ok(Some(Status::OutOfGas)),
        }
    }
}

impl Vm for MockVm {
    fn run<'v>(&self, call: &Call, host: &mut dyn Host<'v>) -> Result<Outcome, Fault> {
        let mut status = Status::Success;
        for step in self
            .programs
            .get(&call.target)
            .map(Vec::as_slice)
            .unwrap_or_default()
        {
            if let Some(end) = Self::step(step, call, host)? {
                status = end;
                break;
            }
        }
        let gas_used = host.meter().used();
        // What it was called by: a test reads the identity off the output.
        let output = Bytes::copy_from_slice(call.caller.0.as_slice());
        Ok(Outcome {
            status,
            output,
            gas_used,
            gas_refund: 0,
        })
    }
}
