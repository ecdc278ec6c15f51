//! Carriers of other VMs' transactions, as wallets ask about them before they send one: what gas they
//! need, and what they would do.

use crate::{
    backend::{NodeBackend, Result, simulate::Start},
    state::internal,
};
use alloy_primitives::TxKind;
use alloy_rpc_types_eth::TransactionRequest;
use lumio_executor::ExecuteError;
use lumio_rpc::eth::{BackendError, CallOutcome};
use lumio_types::Carried;
use lumio_vm_move::GAS_PER_UNIT;

/// What a request carries, its signatures checked.
pub(super) fn carried_by(request: &TransactionRequest) -> Result<Option<Carried>> {
    let Some(input) = request.input.input() else {
        return Ok(None);
    };
    if !matches!(request.to, None | Some(TxKind::Create)) {
        return Ok(None);
    }
    Carried::decode(input).map_err(|error| BackendError::Rejected(error.to_string()))
}

impl NodeBackend {
    /// All the gas that the inner transaction asks for, if it could be in a block.
    pub(super) fn estimate_carrier(&self, start: &Start, inner: &Carried) -> Result<u64> {
        let executor = self.chain.executor();
        let (view, block) = (&*start.view, &start.block);
        match inner {
            Carried::Move(inner) => {
                executor
                    .validate_move(view, block, inner)
                    .map_err(refused)?;
                let asked = inner.signed.raw.max_gas_amount.saturating_mul(GAS_PER_UNIT);
                Ok(asked.min(block.gas_limit))
            }
            Carried::Solana(inner) => {
                executor
                    .validate_solana(view, block, inner)
                    .map_err(refused)?;
                executor
                    .solana_gas_limit(block.gas_limit, inner)
                    .map_err(refused)
            }
        }
    }

    /// Runs the inner transaction and keeps nothing.
    pub(super) fn call_carrier(&self, start: &Start, inner: &Carried) -> Result<CallOutcome> {
        let executor = self.chain.executor();
        let (view, block) = (&*start.view, &start.block);
        let executed = match inner {
            Carried::Move(inner) => executor.simulate_move(view, block, inner),
            Carried::Solana(inner) => executor.try_solana(view, block, inner),
        };
        let executed = executed.map_err(refused)?;
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
