//! `debug_trace…`: transactions under a tracer of geth's.

use crate::{
    Base, Overrides, SimulateError, Simulator,
    budget::{StepBudget, TRACE_TOO_LARGE},
    call::{block_for, overridden},
    request::Prepared,
};
use alloy_consensus::Transaction as _;
use alloy_primitives::U256;
use alloy_rpc_types_eth::{TransactionInfo, TransactionRequest};
use alloy_rpc_types_trace::geth::{
    CallFrame, DefaultFrame, FourByteFrame, GethDebugBuiltInTracerType as Tracer,
    GethDebugTracerType, GethDebugTracingOptions, GethTrace, NoopFrame, PreStateFrame,
    PreStateMode, TraceResult,
};
use lumio_executor::{BlockContext, ExecuteError, Executed, Fault};
use lumio_state::{Journal, Overlay, StateView};
use lumio_types::Transaction;
use lumio_vm_bus::{Bus, Env};
use lumio_vm_evm::{
    Checks, Evm, EvmTransaction, Inspected, OpContext, ViewDb, evm_transaction, inspected_state,
};
use revm::{
    Inspector, context::result::ResultAndState, inspector::NoOpInspector,
    interpreter::interpreter::EthInterpreter, state::EvmState,
};
use revm_inspectors::tracing::{
    FourByteInspector, MuxInspector, TracingInspector, TracingInspectorConfig,
};

/// A transaction to trace, and where it is.
struct Traced<'a> {
    base: Base<'a>,
    transaction: EvmTransaction,
    checks: Checks,
    info: TransactionInfo,
}

/// A run under an inspector and the state that it looked at.
struct Observed {
    inspected: Inspected,
    state: EvmState,
    executed: Executed,
}

impl Simulator {
    /// Traces a call.
    ///
    /// # Errors
    /// When it is refused, or the tracer is unknown. A revert is a trace.
    pub fn trace_call(
        &self,
        base: Base<'_>,
        request: &TransactionRequest,
        overrides: &Overrides,
        options: &GethDebugTracingOptions,
    ) -> Result<GethTrace, SimulateError> {
        let (state, block) = overridden(base, overrides)?;
        let base = Base {
            view: &state,
            block: &block,
        };
        let Prepared {
            transaction,
            checks,
        } = self.prepare(base, request)?;
        let traced = Traced {
            base,
            transaction,
            checks,
            info: TransactionInfo::default(),
        };
        Ok(self.trace(traced, options)?.0)
    }

    /// Traces transactions of a block from the state before the block: all of
    /// them, or the one at an index.
    ///
    /// # Errors
    /// When a transaction does not run, or the tracer is unknown.
    pub fn trace_block(
        &self,
        parent_state: &dyn StateView,
        block: &BlockContext,
        transactions: &[Transaction],
        only: Option<usize>,
        options: &GethDebugTracingOptions,
    ) -> Result<Vec<TraceResult>, SimulateError> {
        let mut state = Overlay::new(parent_state);
        state.apply(self.executor.begin_block(parent_state, block)?);
        let mut traces = Vec::new();
        for (index, transaction) in transactions.iter().enumerate() {
            if only.is_some_and(|only| only != index) {
                let executed = self.executor.execute(&state, block, transaction)?;
                state.apply(executed.writes);
                continue;
            }
            if transaction.carried().is_some() {
                // No step of the EVM is in it: its trace is that of a run that does nothing.
                let executed = self.executor.execute(&state, block, transaction)?;
                let result = silent_trace(transaction, &executed, options)?;
                traces.push(TraceResult::new_success(result, Some(transaction.hash())));
                state.apply(executed.writes);
                continue;
            }
            let traced = Traced {
                base: Base {
                    view: &state,
                    block,
                },
                transaction: evm_transaction(transaction),
                // As its block made them.
                checks: self.executor.evm().checks(),
                info: TransactionInfo {
                    hash: Some(transaction.hash()),
                    index: Some(index as u64),
                    block_number: Some(block.number),
                    base_fee: Some(block.base_fee),
                    ..TransactionInfo::default()
                },
            };
            let (result, executed) = self.trace(traced, options)?;
            traces.push(TraceResult::new_success(result, Some(transaction.hash())));
            if only.is_some() {
                break;
            }
            state.apply(executed.writes);
        }
        Ok(traces)
    }

    fn trace(
        &self,
        traced: Traced<'_>,
        options: &GethDebugTracingOptions,
    ) -> Result<(GethTrace, Executed), SimulateError> {
        let evm = self.executor.evm().with_checks(traced.checks);
        let config = options.tracer_config.clone();
        match &options.tracer {
            None => {
                let config = TracingInspectorConfig::from_geth_config(&options.config);
                let inspector = (TracingInspector::new(config), StepBudget::default());
                let (seen, (inspector, _)) = self.observe(&evm, &traced, inspector)?;
                let frame = inspector.into_geth_builder().geth_traces(
                    seen.executed.gas_used,
                    seen.executed.output.clone(),
                    options.config,
                );
                Ok((frame.into(), seen.executed))
            }
            Some(GethDebugTracerType::BuiltInTracer(Tracer::CallTracer)) => {
                let config = config.into_call_config().map_err(bad_config)?;
                let inspector =
                    TracingInspector::new(TracingInspectorConfig::from_geth_call_config(&config));
                let (seen, mut inspector) = self.observe(&evm, &traced, inspector)?;
                inspector.set_transaction_gas_limit(traced.transaction.base.gas_limit);
                let frame = inspector
                    .into_geth_builder()
                    .geth_call_traces(config, seen.executed.gas_used);
                Ok((frame.into(), seen.executed))
            }
            Some(GethDebugTracerType::BuiltInTracer(Tracer::PreStateTracer)) => {
                let config = config.into_pre_state_config().map_err(bad_config)?;
                let inspector = TracingInspector::new(
                    TracingInspectorConfig::from_geth_prestate_config(&config),
                );
                let (seen, inspector) = self.observe(&evm, &traced, inspector)?;
                let frame = inspector
                    .into_geth_builder()
                    .geth_prestate_traces(
                        &ResultAndState::new(seen.inspected.result, seen.state),
                        &config,
                        ViewDb(traced.base.view),
                    )
                    .map_err(|fault| fault.0)?;
                Ok((frame.into(), seen.executed))
            }
            Some(GethDebugTracerType::BuiltInTracer(Tracer::FourByteTracer)) => {
                let (seen, inspector) =
                    self.observe(&evm, &traced, FourByteInspector::default())?;
                Ok((FourByteFrame::from(inspector).into(), seen.executed))
            }
            Some(GethDebugTracerType::BuiltInTracer(Tracer::NoopTracer)) => {
                let (seen, _) = self.observe(&evm, &traced, NoOpInspector)?;
                Ok((NoopFrame::default().into(), seen.executed))
            }
            Some(GethDebugTracerType::BuiltInTracer(Tracer::FlatCallTracer)) => {
                let config = config.into_flat_call_config().map_err(bad_config)?;
                let inspector =
                    TracingInspector::new(TracingInspectorConfig::from_flat_call_config(&config));
                let (seen, inspector) = self.observe(&evm, &traced, inspector)?;
                let frame = inspector
                    .with_transaction_gas_limit(traced.transaction.base.gas_limit)
                    .into_parity_builder()
                    .into_localized_transaction_traces(traced.info);
                Ok((frame.into(), seen.executed))
            }
            Some(GethDebugTracerType::BuiltInTracer(Tracer::MuxTracer)) => {
                let config = config.into_mux_config().map_err(bad_config)?;
                let inspector = MuxInspector::try_from_config(config)
                    .map_err(|error| SimulateError::InvalidParams(error.to_string()))?;
                let (seen, inspector) = self.observe(&evm, &traced, inspector)?;
                let frame = inspector
                    .try_into_mux_frame(
                        &ResultAndState::new(seen.inspected.result, seen.state),
                        &ViewDb(traced.base.view),
                        traced.info,
                    )
                    .map_err(|fault| fault.0)?;
                Ok((frame.into(), seen.executed))
            }
            Some(
                other @ (GethDebugTracerType::BuiltInTracer(
                    Tracer::StateGasTracer | Tracer::Erc7562Tracer,
                )
                | GethDebugTracerType::JsTracer(_)),
            ) => Err(SimulateError::InvalidParams(format!(
                "tracer not found: {}; there are callTracer, prestateTracer, 4byteTracer, \
                 flatCallTracer, muxTracer and noopTracer",
                other.as_str()
            ))),
        }
    }

    fn observe<I>(
        &self,
        evm: &Evm,
        traced: &Traced<'_>,
        inspector: I,
    ) -> Result<(Observed, I), SimulateError>
    where
        I: for<'h, 'v> Inspector<OpContext<'h, 'v>, EthInterpreter>,
    {
        let block = block_for(traced.base.block, traced.checks);
        let env: Env = self.executor.env(&block, &traced.transaction);
        let mut journal = Journal::new(traced.base.view);
        let gas = traced.transaction.base.gas_limit;
        let mut bus = Bus::new(&mut journal, &env, self.executor.vms(), gas);
        let (inspected, inspector) = evm
            .inspect(traced.transaction.clone(), &mut bus, inspector)
            .map_err(|error| match ExecuteError::from(error) {
                ExecuteError::Fault(Fault::Bug(reason)) if reason == TRACE_TOO_LARGE => {
                    SimulateError::Rejected(reason)
                }
                error => error.into(),
            })?;
        let state = inspected_state(&journal)?;
        let executed = self
            .executor
            .settle(journal, inspected.transacted.clone())?;
        Ok((
            Observed {
                inspected,
                state,
                executed,
            },
            inspector,
        ))
    }
}

/// What a tracer of the EVM sees of a Move transaction: from whom its carrier came, and what gas
/// it used.
fn silent_trace(
    transaction: &Transaction,
    executed: &Executed,
    options: &GethDebugTracingOptions,
) -> Result<GethTrace, SimulateError> {
    let envelope = transaction.envelope();
    Ok(match &options.tracer {
        None => GethTrace::Default(DefaultFrame {
            failed: !executed.success,
            gas: executed.gas_used,
            ..DefaultFrame::default()
        }),
        Some(GethDebugTracerType::BuiltInTracer(Tracer::CallTracer)) => {
            GethTrace::CallTracer(CallFrame {
                from: transaction.sender(),
                gas: U256::from(envelope.gas_limit()),
                gas_used: U256::from(executed.gas_used),
                input: envelope.input().clone(),
                error: executed.halt.clone(),
                typ: "CREATE".into(),
                ..CallFrame::default()
            })
        }
        Some(GethDebugTracerType::BuiltInTracer(Tracer::PreStateTracer)) => {
            GethTrace::PreStateTracer(PreStateFrame::Default(PreStateMode::default()))
        }
        Some(GethDebugTracerType::BuiltInTracer(Tracer::FourByteTracer)) => {
            FourByteFrame::default().into()
        }
        Some(GethDebugTracerType::BuiltInTracer(Tracer::FlatCallTracer)) => {
            GethTrace::FlatCallTracer(Vec::new())
        }
        Some(GethDebugTracerType::BuiltInTracer(
            Tracer::NoopTracer | Tracer::MuxTracer | Tracer::StateGasTracer | Tracer::Erc7562Tracer,
        ))
        | Some(GethDebugTracerType::JsTracer(_)) => NoopFrame::default().into(),
    })
}

fn bad_config(error: impl std::fmt::Display) -> SimulateError {
    SimulateError::InvalidParams(format!("invalid tracerConfig: {error}"))
}

impl From<lumio_vm_evm::DbFault> for SimulateError {
    fn from(fault: lumio_vm_evm::DbFault) -> Self {
        let fault: Fault = fault.0;
        Self::Fault(fault)
    }
}
