//! revm's course of a transaction, with one step more: the calls that it has queued run once its
//! outermost frame has succeeded, and before what is left of its gas is given back.

use alloc::string::ToString;
use lumio_state::Checkpoint;
use lumio_vm_bus::{Fault, Meter};
use revm::{
    context::{ContextTr, Transaction},
    context_interface::result::{ExecutionResult, FromStringError},
    handler::{EvmTr, FrameResult, Handler},
    interpreter::{InitialAndFloorGas, InstructionResult},
};

use crate::journal::EvmJournal;

/// Runs a transaction; `execute` runs its frames, and `ended` is told when the queue is through.
pub(crate) fn run<'h, 'v: 'h, H>(
    handler: &mut H,
    evm: &mut H::Evm,
    execute: impl FnOnce(&mut H, &mut H::Evm, &InitialAndFloorGas) -> Result<FrameResult, H::Error>,
    ended: impl FnOnce(&mut H::Evm, &FrameResult),
) -> Result<ExecutionResult<H::HaltReason>, H::Error>
where
    H: Handler,
    <H::Evm as EvmTr>::Context: ContextTr<Journal = EvmJournal<'h, 'v>>,
{
    let steps = || {
        let mut intrinsic = handler.validate(evm)?;
        let refund = handler.pre_execution(evm, &mut intrinsic)?;
        let checkpoint = evm.ctx().journal_mut().journal().checkpoint();
        let mut result = execute(handler, evm, &intrinsic)?;
        if result.interpreter_result().is_ok() {
            drain(evm, checkpoint, &mut result)
                .map_err(|fault| H::Error::from_string(fault.to_string()))?;
        }
        ended(evm, &result);
        let refund = i64::try_from(refund).unwrap_or(i64::MAX);
        evm.ctx().journal_mut().is_settling = true;
        let gas = handler.post_execution(evm, &mut result, intrinsic, refund)?;
        handler.execution_result(evm, result, gas)
    };
    match steps() {
        Ok(result) => Ok(result),
        Err(error) => handler.catch_error(evm, error),
    }
}

/// Runs the queue on what is left of the gas. If a call of it fails, so does the transaction, with
/// the reason of that call.
fn drain<'h, 'v: 'h, E>(
    evm: &mut E,
    checkpoint: Checkpoint,
    result: &mut FrameResult,
) -> Result<(), Fault>
where
    E: EvmTr,
    E::Context: ContextTr<Journal = EvmJournal<'h, 'v>>,
{
    let gas_left = result.gas().remaining();
    let is_creation = evm.ctx_ref().tx().kind().is_create();
    let caller = evm.ctx_ref().tx().caller();
    let journal = evm.ctx().journal_mut();
    let host = &mut journal.db.host;
    *host.meter() = Meter::new(gas_left);
    let failed = match host.run_queue(checkpoint.logs) {
        Ok(failed) => failed,
        Err(fault) => {
            journal.fault.get_or_insert(fault.clone());
            return Err(fault);
        }
    };
    let used = host.meter().used();
    // The meter never counts more than it was given.
    let _ = result.gas_mut().record_regular_cost(used);
    let Some(failed) = failed else {
        return Ok(());
    };
    let journal = journal.journal();
    journal.revert(checkpoint);
    if is_creation {
        // The nonce of who creates counts, whatever becomes of it.
        let nonce = journal.account(caller)?.nonce;
        journal.set_nonce(caller, nonce.saturating_add(1))?;
    }
    let inner = match result {
        FrameResult::Call(outcome) => &mut outcome.result,
        FrameResult::Create(outcome) => {
            outcome.address = None;
            &mut outcome.result
        }
    };
    inner.result = InstructionResult::Revert;
    inner.output = failed.output;
    inner.gas.set_refund(0);
    Ok(())
}
