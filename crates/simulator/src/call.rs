//! `eth_call`.

use crate::{Base, Overrides, SimulateError, Simulator, overrides::apply_state_overrides};
use alloy_primitives::{B256, Bytes};
use alloy_rpc_types_eth::TransactionRequest;
use lumio_executor::{BlockContext, Executed};
use lumio_state::{Overlay, StateView};
use lumio_vm_evm::{Checks, EvmTransaction};
use std::borrow::Cow;

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
        let executed = self.run(base, prepared.transaction, prepared.checks, B256::ZERO)?;
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
        hash: B256,
    ) -> Result<Executed, SimulateError> {
        let evm = self.executor.evm().with_checks(checks);
        let executor = self.executor.clone().with_evm(evm);
        let block = block_for(base.block, checks);
        Ok(executor.execute_evm(base.view, &block, transaction, hash)?)
    }
}

/// The block as a call sees it: without a base fee if it pays nothing, as in
/// geth, so that prices and base fee agree and no vault gains.
pub(crate) fn block_for(block: &BlockContext, checks: Checks) -> Cow<'_, BlockContext> {
    if checks.fees {
        Cow::Borrowed(block)
    } else {
        Cow::Owned(BlockContext {
            base_fee: 0,
            ..block.clone()
        })
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
