//! The EVM as other machines call it, with its frames shown to the transaction's inspector.

use super::{Shared, Watch};
use crate::Evm;
use lumio_vm_bus::{Call, Fault, Host, Outcome, Vm};
use revm::inspector::InspectorHandler;

/// The EVM for a bus whose transaction is watched.
#[derive(Clone, Copy, Debug)]
pub struct Watched<'a, I> {
    /// The EVM.
    pub evm: &'a Evm,
    /// Who watches.
    pub shared: &'a Shared<I>,
}

impl<I: Watch> Vm for Watched<'_, I> {
    fn run<'v>(&self, call: &Call, host: &mut dyn Host<'v>) -> Result<Outcome, Fault> {
        let depth = self.shared.open_frames();
        self.evm
            .message_call(call, host, self.shared, |handler, evm, frame| {
                evm.ctx.journaled_state.watch(depth);
                handler.inspect_run_exec_loop(evm, frame)
            })
    }
}
