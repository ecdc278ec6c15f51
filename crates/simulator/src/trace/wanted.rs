//! Which tracer is asked for, with what settings, and what it answers.

use super::{budget::StepBudget, frames, recorder::Recorder, run::Seen, steps};
use crate::SimulateError;
use alloy_rpc_types_trace::geth::{
    CallConfig, FourByteFrame, GethDebugBuiltInTracerType as Tracer, GethDebugTracerConfig,
    GethDebugTracerType, GethDebugTracingOptions, GethDefaultTracingOptions, GethTrace, NoopFrame,
    PreStateConfig, mux::MuxFrame,
};
use lumio_vm_evm::ViewDb;
use revm::context::result::{ExecutionResult, HaltReason, ResultAndState};
use revm_inspectors::tracing::{FourByteInspector, GethTraceBuilder, TracingInspectorConfig};

/// A tracer and its settings.
pub(super) enum Wanted {
    /// Every step: no tracer was named.
    Steps(GethDefaultTracingOptions),
    /// The tree of frames.
    Calls(CallConfig),
    /// The same as a list, in Parity's form.
    FlatCalls(TracingInspectorConfig),
    /// The accounts before, or what has changed of them.
    State(PreStateConfig),
    /// Selectors, and how often each was called.
    Selectors,
    Nothing,
    /// Several at once.
    Several(Vec<(GethDebugTracerType, Wanted)>),
}

impl Wanted {
    /// Reads a request.
    ///
    /// # Errors
    /// When there is no such tracer, or its settings cannot be read.
    pub(super) fn of(options: &GethDebugTracingOptions) -> Result<Self, SimulateError> {
        match &options.tracer {
            None => Ok(Self::Steps(options.config)),
            Some(GethDebugTracerType::BuiltInTracer(Tracer::MuxTracer)) => {
                let config = options.tracer_config.clone();
                let config = config.into_mux_config().map_err(bad_config)?;
                let mut several = Vec::new();
                for (tracer, config) in config.0 {
                    let wanted = Self::named(&tracer, config.unwrap_or_default())?;
                    several.push((tracer, wanted));
                }
                Ok(Self::Several(several))
            }
            Some(tracer) => Self::named(tracer, options.tracer_config.clone()),
        }
    }

    fn named(
        tracer: &GethDebugTracerType,
        config: GethDebugTracerConfig,
    ) -> Result<Self, SimulateError> {
        use GethDebugTracerType::{BuiltInTracer, JsTracer};
        Ok(match tracer {
            BuiltInTracer(Tracer::CallTracer) => {
                Self::Calls(config.into_call_config().map_err(bad_config)?)
            }
            BuiltInTracer(Tracer::PreStateTracer) => {
                Self::State(config.into_pre_state_config().map_err(bad_config)?)
            }
            BuiltInTracer(Tracer::FlatCallTracer) => {
                let config = config.into_flat_call_config().map_err(bad_config)?;
                Self::FlatCalls(TracingInspectorConfig::from_flat_call_config(&config))
            }
            BuiltInTracer(Tracer::FourByteTracer) => Self::Selectors,
            BuiltInTracer(Tracer::NoopTracer) => Self::Nothing,
            BuiltInTracer(Tracer::MuxTracer) => {
                return Err(SimulateError::InvalidParams(
                    "a muxTracer cannot be in a muxTracer".into(),
                ));
            }
            BuiltInTracer(Tracer::StateGasTracer | Tracer::Erc7562Tracer) | JsTracer(_) => {
                return Err(SimulateError::InvalidParams(format!(
                    "tracer not found: {}; there are callTracer, prestateTracer, 4byteTracer, \
                     flatCallTracer, muxTracer and noopTracer",
                    tracer.as_str()
                )));
            }
        })
    }

    /// A recorder of what it needs.
    pub(super) fn recorder(&self) -> Recorder {
        let mut recorder = Recorder::default();
        self.prepare(&mut recorder);
        recorder
    }

    fn prepare(&self, recorder: &mut Recorder) {
        match self {
            Self::Steps(options) => {
                recorder.record(TracingInspectorConfig::from_geth_config(options));
                recorder.budget = Some(StepBudget::default());
            }
            Self::Calls(config) => {
                recorder.record(TracingInspectorConfig::from_geth_call_config(config));
            }
            Self::FlatCalls(config) => recorder.record(*config),
            Self::Selectors => recorder.selectors = Some(FourByteInspector::default()),
            // The journal knows.
            Self::State(_) | Self::Nothing => {}
            Self::Several(several) => several
                .iter()
                .for_each(|(_, wanted)| wanted.prepare(recorder)),
        }
    }

    /// The answer.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub(super) fn render(&self, seen: &Seen<'_>) -> Result<GethTrace, SimulateError> {
        Ok(match self {
            Self::Steps(options) => steps::render(seen, *options).into(),
            Self::Calls(config) => GethTrace::JS(frames::render(seen, *config)?),
            Self::FlatCalls(_) => {
                let frames = seen.recorder.frames.clone().unwrap_or_default();
                let builder = frames.into_parity_builder();
                builder
                    .into_localized_transaction_traces(seen.traced.info)
                    .into()
            }
            Self::State(config) => {
                // Only the state is looked at.
                let result = ExecutionResult::<HaltReason>::Revert {
                    gas: Default::default(),
                    logs: Vec::new(),
                    output: Default::default(),
                };
                let before = ViewDb(seen.traced.base.view);
                GethTraceBuilder::new(Vec::new())
                    .geth_prestate_traces(
                        &ResultAndState::new(result, seen.state.clone()),
                        config,
                        before,
                    )
                    .map_err(|fault| fault.0)?
                    .into()
            }
            Self::Selectors => {
                let selectors = seen.recorder.selectors.clone().unwrap_or_default();
                FourByteFrame::from(selectors).into()
            }
            Self::Nothing => NoopFrame::default().into(),
            Self::Several(several) => {
                let mut answers = MuxFrame::default();
                for (tracer, wanted) in several {
                    answers.0.insert(tracer.clone(), wanted.render(seen)?);
                }
                answers.into()
            }
        })
    }
}

fn bad_config(error: impl std::fmt::Display) -> SimulateError {
    SimulateError::InvalidParams(format!("invalid tracerConfig: {error}"))
}

impl From<lumio_vm_evm::DbFault> for SimulateError {
    fn from(fault: lumio_vm_evm::DbFault) -> Self {
        Self::Fault(fault.0)
    }
}
