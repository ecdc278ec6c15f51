//! Running things without keeping them.

use crate::{
    backend::{NodeBackend, Result, carried::carried_by, state::SharedView},
    chain::Filled,
    state::internal,
};
use alloy_consensus::Header;
use alloy_eips::{BlockId, BlockNumberOrTag};
use alloy_primitives::B256;
use alloy_rpc_types_eth::{
    AccessListResult, TransactionRequest,
    simulate::{SimulatePayload, SimulatedBlock},
};
use alloy_rpc_types_trace::geth::{
    GethDebugTracingCallOptions, GethDebugTracingOptions, GethTrace, TraceResult,
};
use lumio_executor::BlockContext;
use lumio_rpc::eth::{BackendError, CallOutcome, CallRequest, Simulator};
use lumio_simulator::{Base, Overrides, SimulateError};
use lumio_state::{Overlay, StateView};
use lumio_types::Carried;

/// A state to start from, and the block around it.
pub(super) struct Start {
    pub(super) view: Box<dyn StateView>,
    pub(super) block: BlockContext,
}

impl Start {
    pub(super) fn base(&self) -> Base<'_> {
        Base {
            view: &*self.view,
            block: &self.block,
        }
    }
}

/// A block's context as its header tells it.
pub(crate) fn context_of(header: &Header) -> BlockContext {
    BlockContext {
        number: header.number,
        timestamp: header.timestamp,
        beneficiary: header.beneficiary,
        gas_limit: header.gas_limit,
        base_fee: header.base_fee_per_gas.unwrap_or_default(),
        prev_randao: header.mix_hash,
        difficulty: header.difficulty,
        parent_hash: header.parent_hash,
        parent_beacon_block_root: header.parent_beacon_block_root,
        excess_blob_gas: header.excess_blob_gas,
    }
}

impl NodeBackend {
    /// State and context of a block, as geth simulates on it: the state after it, its own header.
    pub(super) fn start(&self, at: BlockId) -> Result<Start> {
        if at == BlockId::Number(BlockNumberOrTag::Pending) {
            let pending = self.pending()?;
            return Ok(Start {
                block: context_of(&pending.block.header.header),
                view: Box::new(SharedView(pending.state)),
            });
        }
        let header = self.sealed_header(self.number(at)?)?;
        Ok(Start {
            view: self.view(at)?,
            block: context_of(&header),
        })
    }

    pub(super) fn sealed_header(&self, number: u64) -> Result<Header> {
        let header = self.chain.snapshot().header(number);
        header
            .map_err(crate::chain::ChainError::from)?
            .map(|sealed| sealed.header)
            .ok_or_else(|| BackendError::NotFound("header not found".into()))
    }

    /// Traces all transactions of a block, or the one at an index.
    fn trace(
        &self,
        (block, _): &Filled,
        only: Option<usize>,
        options: &GethDebugTracingOptions,
    ) -> Result<Vec<TraceResult>> {
        let number = block.number();
        let Some(parent) = number.checked_sub(1) else {
            return Err(BackendError::NotFound("genesis is not traceable".into()));
        };
        let snapshot = self.chain.snapshot();
        let state = snapshot
            .state_at(parent)
            .map_err(crate::chain::ChainError::from)?;
        let mut state = Overlay::new(state);
        state.apply(self.chain.edits_of(number)?);
        let context = context_of(&block.header.header);
        let traces =
            self.simulator
                .trace_block(&state, &context, &block.transactions, only, options);
        traces.map_err(simulation_error)
    }
}

impl Simulator for NodeBackend {
    fn call(&self, request: CallRequest) -> Result<CallOutcome> {
        let start = self.start(request.at)?;
        if let Some(inner) = carried_by(&request.transaction)? {
            return self.call_carrier(&start, &inner);
        }
        let overrides = overrides(request.state_overrides, request.block_overrides);
        let outcome = self
            .simulator
            .call(start.base(), &request.transaction, &overrides)
            .map_err(simulation_error)?;
        Ok(CallOutcome {
            output: outcome.output,
            gas_used: outcome.gas_used,
        })
    }

    fn estimate_gas(&self, request: CallRequest) -> Result<u64> {
        let start = self.start(request.at)?;
        if let Some(inner) = carried_by(&request.transaction)? {
            return self.estimate_carrier(&start, &inner);
        }
        let overrides = overrides(request.state_overrides, request.block_overrides);
        self.simulator
            .estimate_gas(start.base(), &request.transaction, &overrides)
            .map_err(simulation_error)
    }

    fn create_access_list(&self, request: CallRequest) -> Result<AccessListResult> {
        let start = self.start(request.at)?;
        let overrides = overrides(request.state_overrides, request.block_overrides);
        self.simulator
            .create_access_list(start.base(), &request.transaction, &overrides)
            .map_err(simulation_error)
    }

    fn simulate(&self, at: BlockId, payload: SimulatePayload) -> Result<Vec<SimulatedBlock>> {
        self.simulate_blocks(at, payload)
    }

    fn trace_transaction(&self, hash: B256, options: GethDebugTracingOptions) -> Result<GethTrace> {
        let missing = || BackendError::NotFound("transaction not found".into());
        let located = self.chain.transaction(hash)?.ok_or_else(missing)?;
        let filled = self
            .chain
            .filled(located.block.number())?
            .ok_or_else(missing)?;
        let mut traces = self.trace(&filled, Some(located.index), &options)?;
        match traces.pop() {
            Some(TraceResult::Success { result, .. }) => Ok(result),
            Some(TraceResult::Error { error, .. }) => Err(BackendError::Halted(error)),
            None => Err(missing()),
        }
    }

    fn trace_block(
        &self,
        number: u64,
        options: GethDebugTracingOptions,
    ) -> Result<Vec<TraceResult>> {
        let filled = self
            .chain
            .filled(number)?
            .ok_or_else(|| BackendError::NotFound(format!("block #{number} not found")))?;
        self.trace(&filled, None, &options)
    }

    fn trace_call(
        &self,
        transaction: TransactionRequest,
        at: BlockId,
        options: GethDebugTracingCallOptions,
    ) -> Result<GethTrace> {
        let start = self.start(at)?;
        let overrides = overrides(
            options.state_overrides,
            options.block_overrides.map(Box::new),
        );
        let (base, options) = (start.base(), &options.tracing_options);
        let trace = match carried_by(&transaction)? {
            Some(Carried::Move(inner)) => {
                self.simulator.trace_move(base, &inner, &overrides, options)
            }
            Some(Carried::Solana(inner)) => self
                .simulator
                .trace_solana(base, &inner, &overrides, options),
            None => self
                .simulator
                .trace_call(base, &transaction, &overrides, options),
        };
        trace.map_err(simulation_error)
    }
}

fn overrides(
    state: Option<alloy_rpc_types_eth::state::StateOverride>,
    block: Option<Box<alloy_rpc_types_eth::BlockOverrides>>,
) -> Overrides {
    Overrides { state, block }
}

/// A simulation's failure, as the servers know it.
pub(super) fn simulation_error(error: SimulateError) -> BackendError {
    match error {
        SimulateError::InvalidParams(message) => BackendError::InvalidParams(message),
        SimulateError::Rejected(message) => BackendError::Rejected(message),
        SimulateError::Reverted { reason, data } => BackendError::Reverted { reason, data },
        SimulateError::Halted(message) => BackendError::Halted(message),
        SimulateError::Fault(fault) => internal(fault),
    }
}
