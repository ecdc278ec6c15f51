//! Runs under the eyes of an inspector, which sees the frames of all virtual machines.

mod shared;
mod state;
mod watched;

pub use shared::Shared;
pub use state::{ViewDb, inspected_state};
pub use watched::Watched;

use crate::{
    Evm, EvmTransaction, OpContext, Rules, TransactError, Transacted,
    context::EthContext,
    database::DbFault,
    machine::{give_back, optimism_evm},
    queue,
    transact::transacted,
    workspace::Workspace,
};
use alloy_primitives::Log;
use lumio_vm_bus::{Call, Fault, Host, Outcome};
use op_revm::{OpTransactionError, handler::OpHandler};
use revm::{
    Inspector, context_interface::result::EVMError, inspector::InspectorHandler,
    interpreter::interpreter::EthInterpreter,
};

/// What can watch a transaction through all of its machines: an inspector of the EVM, in whole
/// transactions and in calls by others, that is told of frames of other machines as well.
pub trait Watch:
    for<'h, 'v> Inspector<OpContext<'h, 'v>, EthInterpreter>
    + for<'h, 'v> Inspector<EthContext<'h, 'v>, EthInterpreter>
{
    /// A frame begins of which the EVM has no part, below so many open ones.
    fn begin(&mut self, call: &Call, depth: usize);

    /// That frame ends.
    fn end(&mut self, call: &Call, outcome: &Outcome);

    /// That frame, open and without open frames below, has emitted an event.
    fn event(&mut self, log: &Log);

    /// The next frame that begins was queued.
    fn queued(&mut self);

    /// What the outermost frame has emitted so far is undone, though it has not ended.
    fn forget_events(&mut self);
}

impl Evm {
    /// Runs a transaction as [`transact`](Self::transact) does, and shows every step of it to an
    /// inspector. The host's EVM must be [`Watched`] with the same inspector, and the inspector its
    /// observer; then it sees the frames of other machines, and those that they call, too.
    ///
    /// # Errors
    /// As `transact`; and a fault under Ethereum's rules, which only the state
    /// tests use.
    pub fn inspect<'h, 'v, I>(
        &'h self,
        transaction: EvmTransaction,
        host: &'h mut (dyn Host<'v> + 'h),
        shared: &Shared<I>,
    ) -> Result<Transacted, TransactError>
    where
        I: Watch,
    {
        let Rules::Optimism(fork) = self.rules() else {
            return Err(Fault::Bug("tracing needs the OP stack's rules".into()).into());
        };
        let precompiles = self.precompiles();
        let Workspace { frames, memory } = Workspace::take();
        let mut context =
            self.surroundings(memory)
                .optimism(fork, transaction, host, &precompiles)?;
        context.journaled_state.watch(0);
        let mut evm = optimism_evm(context, shared, (precompiles, frames));
        let mut handler = OpHandler::<_, EVMError<DbFault, OpTransactionError>, _>::new();
        let result = queue::run(
            &mut handler,
            &mut evm,
            OpHandler::inspect_execution,
            |evm, result| shared.end_outermost(&mut evm.0.ctx, result),
        );
        evm.0.ctx.journaled_state.take_fault()?;
        give_back(evm.0);
        transacted(result)
    }
}
