//! The calls of one block of `eth_simulateV1`.

use crate::{Base, SimulateError, Simulator, trace::run_with_transfers};
use alloy_primitives::{B256, Log, keccak256};
use alloy_rpc_types_eth::TransactionRequest;
use lumio_executor::{ExecuteError, Executed};
use lumio_state::{Overlay, StateView};
use lumio_vm_evm::{Checks, EvmTransaction};

/// A call that ran, as part of a simulated block.
#[derive(Clone, Debug)]
pub struct SimulatedCall {
    /// The transaction that it was made to.
    pub transaction: EvmTransaction,
    /// What it came to.
    pub executed: Executed,
    /// Its logs, and transfers of ETH among them if they were asked for.
    pub logs: Vec<Log>,
}

/// How calls are simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SimulateOptions {
    /// They are checked as transactions of a block are, and pay.
    pub validation: bool,
    /// Transfers of ETH are shown as logs.
    pub trace_transfers: bool,
}

/// All calls of a simulated block.
#[derive(Clone, Debug, Default)]
pub struct SimulatedCalls {
    /// In order.
    pub calls: Vec<SimulatedCall>,
    /// Gas of all calls.
    pub gas_used: u64,
}

impl Simulator {
    /// Runs calls one after the other on a state that keeps their effects.
    /// Without validation, each gets its sender's next nonce and pays only what it
    /// says.
    ///
    /// # Errors
    /// When a call may not be in a block. A revert is part of the result.
    pub fn simulate_calls<V: StateView>(
        &self,
        state: &mut Overlay<V>,
        block: &lumio_executor::BlockContext,
        calls: &[TransactionRequest],
        options: SimulateOptions,
    ) -> Result<SimulatedCalls, SimulateError> {
        let mut outcome = SimulatedCalls::default();
        for request in calls {
            let remaining = block.gas_limit.saturating_sub(outcome.gas_used);
            let mut request = request.clone();
            let gas = request
                .gas
                .unwrap_or(remaining.min(self.transaction_gas_cap()));
            if gas > remaining {
                return Err(SimulateError::Rejected(format!(
                    "block gas limit reached: remaining: {remaining}, required: {gas}"
                )));
            }
            request.gas = Some(gas);
            let base = Base {
                view: &*state,
                block,
            };
            let mut prepared = self.prepare(base, &request)?;
            if options.validation {
                prepared.checks = Checks {
                    sender_without_code: false,
                    ..Checks::ALL
                };
            }
            let hash = hash_of(block.number, outcome.calls.len());
            let (executed, logs) = if options.trace_transfers {
                run_with_transfers(self, base, &prepared, hash)?
            } else {
                let transaction = prepared.transaction.clone();
                let executed = self.run(base, transaction, prepared.checks, hash)?;
                let logs = executed.events.iter().map(|event| event.log.clone());
                let logs = logs.collect();
                (executed, logs)
            };
            outcome.gas_used = outcome.gas_used.saturating_add(executed.gas_used);
            state.apply(executed.writes.clone());
            outcome.calls.push(SimulatedCall {
                transaction: prepared.transaction,
                executed,
                logs,
            });
        }
        Ok(outcome)
    }

    /// What the start of a block changes.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn begin_block(
        &self,
        view: &dyn StateView,
        block: &lumio_executor::BlockContext,
    ) -> Result<lumio_state::Writes, SimulateError> {
        Ok(self
            .executor
            .begin_block(view, block)
            .map_err(ExecuteError::from)?)
    }
}

/// Stands for the hash of a call that is never signed: no two calls of a simulation make Move
/// tables or objects at the same address.
fn hash_of(block: u64, index: usize) -> B256 {
    let mut place = b"lumio/simulated".to_vec();
    place.extend(block.to_be_bytes());
    place.extend((index as u64).to_be_bytes());
    keccak256(place)
}
