//! The accounts and slots that a transaction looks at: `eth_createAccessList`.

use crate::{Base, SimulateError, Simulator, request::Prepared};
use alloy_primitives::{B256, Log};
use alloy_rpc_types_eth::AccessList;
use lumio_executor::Executed;
use lumio_state::Journal;
use lumio_vm_bus::{Call, Outcome};
use lumio_vm_evm::{Shared, Watch};
use revm::{
    Inspector,
    context_interface::ContextTr,
    inspector::JournalExt,
    interpreter::{
        CallInputs, CallOutcome, CreateInputs, CreateOutcome, Interpreter,
        interpreter::EthInterpreter,
    },
};
use revm_inspectors::access_list::AccessListInspector;

/// Runs a transaction and adds what it looks at to its list.
pub(crate) fn list_accesses(
    simulator: &Simulator,
    base: Base<'_>,
    prepared: &Prepared,
) -> Result<(AccessList, Executed), SimulateError> {
    let known = prepared.transaction.base.access_list.clone();
    let shared = Shared::new(Accesses(AccessListInspector::new(known)));
    let mut journal = Journal::new(base.view);
    let transaction = (&prepared.transaction, prepared.checks);
    let transacted = simulator.watch(&mut journal, base, transaction, B256::ZERO, &shared)?;
    let executed = simulator.executor.settle(journal, transacted)?;
    let mut list = shared.into_inspector().0.into_access_list();
    list.0.sort_by_key(|item| item.address);
    Ok((list, executed))
}

/// Move's own state has no slots, and is not announced.
#[derive(Debug)]
struct Accesses(AccessListInspector);

impl Watch for Accesses {
    fn begin(&mut self, _: &Call, _: usize) {}

    fn end(&mut self, _: &Call, _: &Outcome) {}

    fn event(&mut self, _: &Log) {}

    fn queued(&mut self) {}

    fn forget_events(&mut self) {}
}

impl<CTX: ContextTr<Journal: JournalExt>> Inspector<CTX, EthInterpreter> for Accesses {
    fn step(&mut self, interpreter: &mut Interpreter<EthInterpreter>, context: &mut CTX) {
        self.0.step(interpreter, context);
    }

    fn call(&mut self, context: &mut CTX, inputs: &mut CallInputs) -> Option<CallOutcome> {
        self.0.call(context, inputs)
    }

    fn create(&mut self, context: &mut CTX, inputs: &mut CreateInputs) -> Option<CreateOutcome> {
        self.0.create(context, inputs)
    }
}
