//! Running things without keeping them.

use crate::backend::{NodeBackend, Result};
use alloy_eips::BlockId;
use alloy_primitives::B256;
use alloy_rpc_types_eth::{
    AccessListResult, TransactionRequest,
    simulate::{SimulatePayload, SimulatedBlock},
};
use alloy_rpc_types_trace::geth::{
    GethDebugTracingCallOptions, GethDebugTracingOptions, GethTrace, TraceResult,
};
use lumio_rpc::eth::{CallOutcome, CallRequest, Simulator};

impl Simulator for NodeBackend {
    fn call(&self, _request: CallRequest) -> Result<CallOutcome> {
        unimplemented!()
    }

    fn estimate_gas(&self, _request: CallRequest) -> Result<u64> {
        unimplemented!()
    }

    fn create_access_list(&self, _request: CallRequest) -> Result<AccessListResult> {
        unimplemented!()
    }

    fn simulate(&self, _at: BlockId, _payload: SimulatePayload) -> Result<Vec<SimulatedBlock>> {
        unimplemented!()
    }

    fn trace_transaction(
        &self,
        _hash: B256,
        _options: GethDebugTracingOptions,
    ) -> Result<GethTrace> {
        unimplemented!()
    }

    fn trace_block(
        &self,
        _number: u64,
        _options: GethDebugTracingOptions,
    ) -> Result<Vec<TraceResult>> {
        unimplemented!()
    }

    fn trace_call(
        &self,
        _transaction: TransactionRequest,
        _at: BlockId,
        _options: GethDebugTracingCallOptions,
    ) -> Result<GethTrace> {
        unimplemented!()
    }
}
