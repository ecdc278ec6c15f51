//! `eth_call`.

use crate::{Base, Overrides, SimulateError, Simulator, overrides::apply_state_overrides};
use alloy_primitives::Bytes;
use alloy_rpc_types_eth::TransactionRequest;
use lumio_executor::{BlockContext, Executed};
use lumio_state::{Overlay, StateView};
use lumio_vm_evm::{Checks, EvmTransaction};

/// What a successful call came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallOutcome {
    /// What it returned.
    pub output: Bytes,
    /// Gas used.
    pub gas_used: u64,
}

impl Simulator {
    /// Runs a call.
    ///
    /// # Errors
    /// When it is refused, reverts or halts.
    pub fn call(
        &self,
        base: Base<'_>,
        request: &TransactionRequest,
        overrides: &Overrides,
    ) -> Result<CallOutcome, SimulateError> {
        let (state, block) = overridden(base, overrides)?;
        let base = Base {
            view: &state,
            block: &block,
        };
        let prepared = self.prepare(base, request)?;
        let executed = self.run(base, prepared.transaction, prepared.checks)?;
        if executed.success {
            Ok(CallOutcome {
                output: executed.output,
                gas_used: executed.gas_used,
            })
        } else {
            Err(SimulateError::of_failure(executed))
        }
    }

    pub(crate) fn run(
        &self,
        base: Base<'_>,
        transaction: EvmTransaction,
        checks: Checks,
    ) -> Result<Executed, SimulateError> {
        let evm = self.executor.evm().with_checks(checks);
        let executor = self.executor.clone().with_evm(evm);
        Ok(executor.execute_evm(base.view, base.block, transaction)?)
    }
}

/// State and block with a request's overrides.
pub(crate) fn overridden<'a>(
    base: Base<'a>,
    overrides: &Overrides,
) -> Result<(Overlay<&'a dyn StateView>, BlockContext), SimulateError> {
    let mut state = Overlay::new(base.view);
    if let Some(accounts) = &overrides.state {
        apply_state_overrides(&mut state, accounts)?;
    }
    Ok((state, overrides.block(base.block)?))
}
