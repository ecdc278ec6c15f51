//! What tracers record of a transaction: the tree of its frames, of all machines, and their steps.

use super::budget::StepBudget;
use alloy_primitives::{Address, Log, U256};
use lumio_vm_bus::{Call, CallKind, Outcome, Status};
use lumio_vm_evm::Watch;
use revm::{
    Context, Inspector, MainContext,
    bytecode::Bytecode,
    context_interface::ContextTr,
    inspector::JournalExt,
    interpreter::{
        CallInput, CallInputs, CallOutcome, CallScheme, CallValue, CreateInputs, CreateOutcome,
        CreateScheme, Gas, InstructionResult, Interpreter, InterpreterResult,
        interpreter::EthInterpreter,
    },
};
use revm_inspectors::tracing::{
    FourByteInspector, TracingInspector, TracingInspectorConfig,
    types::{CallTraceNode, TraceMemberOrder},
};
use std::collections::{BTreeMap, BTreeSet};

/// Records what the tracers of one request need.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    pub(super) frames: Option<TracingInspector>,
    pub(super) selectors: Option<FourByteInspector>,
    pub(super) budget: Option<StepBudget>,
    /// Calls of other machines than the EVM, by the number of their frame.
    pub(super) foreign: BTreeMap<usize, Call>,
    /// Numbers of the frames that were queued.
    pub(super) queued: BTreeSet<usize>,
    /// Frames that have begun.
    begun: usize,
}

impl Recorder {
    /// Records frames, as an inspector of revm's does.
    pub(super) fn record(&mut self, config: TracingInspectorConfig) {
        match &mut self.frames {
            None => self.frames = Some(TracingInspector::new(config)),
            Some(frames) => {
                frames.config_mut().merge(config);
            }
        }
    }

    /// The frames in the order in which they began.
    pub(super) fn nodes(&self) -> &[CallTraceNode] {
        let frames = self.frames.as_ref();
        frames.map_or(&[], |frames| frames.traces().nodes())
    }

    /// Sets the gas that the transaction was given.
    pub(super) fn set_gas_limit(&mut self, gas: u64) {
        if let Some(frames) = &mut self.frames {
            frames.set_transaction_gas_limit(gas);
        }
    }
}

/// Where frames are shown that run on no EVM: the inspector asks for nothing but their depth.
fn nowhere(depth: usize) -> impl ContextTr<Journal: JournalExt> {
    let mut context = Context::mainnet();
    context.journaled_state.inner.depth = depth;
    context
}

fn call_inputs(call: &Call) -> CallInputs {
    let target = call.target.evm_address();
    CallInputs {
        input: CallInput::Bytes(call.input.clone()),
        return_memory_offset: 0..0,
        gas_limit: call.gas,
        bytecode_address: target,
        known_bytecode: (Default::default(), Bytecode::default()),
        target_address: target,
        caller: call.caller.evm_address(),
        value: CallValue::Transfer(call.value_wei),
        scheme: match call.is_static {
            true => CallScheme::StaticCall,
            false => CallScheme::Call,
        },
        is_static: call.is_static,
        reservoir: 0,
    }
}

fn create_inputs(call: &Call, salt: U256) -> CreateInputs {
    CreateInputs::new(
        call.caller.evm_address(),
        CreateScheme::Create2 { salt },
        call.value_wei,
        call.input.clone(),
        call.gas,
        0,
    )
}

fn result(call: &Call, outcome: &Outcome) -> InterpreterResult {
    let mut gas = Gas::new(call.gas);
    let _ = gas.record_regular_cost(outcome.gas_used.min(call.gas));
    InterpreterResult {
        result: match outcome.status {
            Status::Success => InstructionResult::Return,
            Status::Revert => InstructionResult::Revert,
            Status::OutOfGas => InstructionResult::OutOfGas,
            Status::Halt => InstructionResult::PrecompileError,
        },
        output: outcome.output.clone(),
        gas,
    }
}

impl Watch for Recorder {
    fn begin(&mut self, call: &Call, depth: usize) {
        self.foreign.insert(self.begun, call.clone());
        self.begun = self.begun.saturating_add(1);
        let Some(frames) = &mut self.frames else {
            return;
        };
        let context = &mut nowhere(depth);
        match call.kind {
            CallKind::Call => {
                frames.call(context, &mut call_inputs(call));
            }
            CallKind::Create { salt } => {
                frames.create(context, &mut create_inputs(call, salt.into()));
            }
        }
    }

    fn end(&mut self, call: &Call, outcome: &Outcome) {
        let Some(frames) = &mut self.frames else {
            return;
        };
        let context = &mut nowhere(0);
        let result = result(call, outcome);
        match call.kind {
            CallKind::Call => {
                let mut outcome = CallOutcome::new(result, 0..0);
                frames.call_end(context, &call_inputs(call), &mut outcome);
            }
            CallKind::Create { salt } => {
                let mut outcome = CreateOutcome::new(result, None);
                frames.create_end(context, &create_inputs(call, salt.into()), &mut outcome);
            }
        }
    }

    fn event(&mut self, log: &Log) {
        if let Some(frames) = &mut self.frames {
            frames.log(&mut nowhere(0), log.clone());
        }
    }

    fn queued(&mut self) {
        self.queued.insert(self.begun);
    }

    fn forget_events(&mut self) {
        let frames = self.frames.as_mut();
        let nodes = frames.map(|frames| frames.traces_mut().nodes_mut());
        if let Some(root) = nodes.and_then(|nodes| nodes.first_mut()) {
            root.logs.clear();
            root.ordering
                .retain(|member| !matches!(member, TraceMemberOrder::Log(_)));
        }
    }
}

impl<CTX: ContextTr<Journal: JournalExt>> Inspector<CTX, EthInterpreter> for Recorder {
    fn step(&mut self, interpreter: &mut Interpreter<EthInterpreter>, context: &mut CTX) {
        if let Some(frames) = &mut self.frames {
            frames.step(interpreter, context);
        }
        if let Some(budget) = &mut self.budget {
            budget.step(interpreter, context);
        }
    }

    fn step_end(&mut self, interpreter: &mut Interpreter<EthInterpreter>, context: &mut CTX) {
        if let Some(frames) = &mut self.frames {
            frames.step_end(interpreter, context);
        }
    }

    fn log(&mut self, context: &mut CTX, log: Log) {
        if let Some(frames) = &mut self.frames {
            frames.log(context, log);
        }
    }

    fn call(&mut self, context: &mut CTX, inputs: &mut CallInputs) -> Option<CallOutcome> {
        self.begun = self.begun.saturating_add(1);
        if let Some(selectors) = &mut self.selectors {
            selectors.call(context, inputs);
        }
        self.frames.as_mut()?.call(context, inputs)
    }

    fn call_end(&mut self, context: &mut CTX, inputs: &CallInputs, outcome: &mut CallOutcome) {
        if let Some(frames) = &mut self.frames {
            frames.call_end(context, inputs, outcome);
        }
    }

    fn create(&mut self, context: &mut CTX, inputs: &mut CreateInputs) -> Option<CreateOutcome> {
        self.begun = self.begun.saturating_add(1);
        self.frames.as_mut()?.create(context, inputs)
    }

    fn create_end(
        &mut self,
        context: &mut CTX,
        inputs: &CreateInputs,
        outcome: &mut CreateOutcome,
    ) {
        if let Some(frames) = &mut self.frames {
            frames.create_end(context, inputs, outcome);
        }
    }

    fn selfdestruct(&mut self, contract: Address, target: Address, value: U256) {
        if let Some(frames) = &mut self.frames {
            <TracingInspector as Inspector<CTX>>::selfdestruct(frames, contract, target, value);
        }
    }
}
