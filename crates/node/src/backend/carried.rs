//! Carriers of Move transactions, as wallets ask about them before they send one: what gas they
//! need, and what they would do.

use crate::{
    backend::{NodeBackend, Result, simulate::Start},
    state::internal,
};
use alloy_primitives::TxKind;
use alloy_rpc_types_eth::TransactionRequest;
use lumio_executor::ExecuteError;
use lumio_rpc::eth::{BackendError, CallOutcome};
use lumio_types::{MOVE_MAGIC, MoveTransaction};
use lumio_vm_move::GAS_PER_UNIT;

/// The Move transaction that a request carries, its signatures checked.
pub(super) fn carried_by(request: &TransactionRequest) -> Result<Option<MoveTransaction>> {
    if !matches!(request.to, None | Some(TxKind::Create)) {
        return Ok(None);
    }
    let input = request.input.input();
    let Some(bytes) = input.and_then(|input| input.strip_prefix(&MOVE_MAGIC)) else {
        return Ok(None);
    };
    MoveTransaction::decode(bytes)
        .map(Some)
        .map_err(|error| BackendError::Rejected(error.to_string()))
}

impl NodeBackend {
    /// All the gas that the inner transaction asks for, if it could be in a block.
    pub(super) fn estimate_carrier(&self, start: &Start, inner: &MoveTransaction) -> Result<u64> {
        let executor = self.chain.executor();
        executor
            .validate_move(&*start.view, &start.block, inner)
            .map_err(refused)?;
        let asked = inner.signed.raw.max_gas_amount;
        Ok(asked
            .saturating_mul(GAS_PER_UNIT)
            .min(start.block.gas_limit))
    }

    /// Runs the inner transaction and keeps nothing. It returns nothing.
    pub(super) fn call_carrier(
        &self,
        start: &Start,
        inner: &MoveTransaction,
    ) -> Result<CallOutcome> {
        let executor = self.chain.executor();
        let executed = executor
            .simulate_move(&*start.view, &start.block, inner)
            .map_err(refused)?;
        match executed.halt {
            None => Ok(CallOutcome {
                output: executed.output,
                gas_used: executed.gas_used,
            }),
            Some(status) => Err(BackendError::Halted(status)),
        }
    }
}

fn refused(error: ExecuteError) -> BackendError {
    match error {
        ExecuteError::Fault(fault) => internal(fault),
        error => BackendError::Rejected(error.to_string()),
    }
}
