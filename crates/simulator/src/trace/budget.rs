//! A bound on what a trace of steps may remember.

use revm::{
    Inspector,
    context_interface::{ContextTr, context::ContextError},
    interpreter::{Interpreter, interpreter::EthInterpreter},
};

/// Why a trace ended early.
pub(super) const TRACE_TOO_LARGE: &str = "the trace is too large: its steps, stacks and memory \
     exceed 256 MiB; use disableStack, disableMemory, or the callTracer";

/// Bytes of all steps together.
const LIMIT: usize = 256 << 20;

/// Bytes of a step without its stack and memory.
const STEP: usize = 256;

/// Ends a run whose recorded steps would not fit into memory.
#[derive(Debug, Default)]
pub(super) struct StepBudget {
    recorded: usize,
}

impl<CTX: ContextTr> Inspector<CTX, EthInterpreter> for StepBudget {
    fn step(&mut self, interpreter: &mut Interpreter<EthInterpreter>, context: &mut CTX) {
        let stack = interpreter.stack.len().saturating_mul(32);
        let step = STEP
            .saturating_add(stack)
            .saturating_add(interpreter.memory.len());
        self.recorded = self.recorded.saturating_add(step);
        if self.recorded > LIMIT {
            *context.error() = Err(ContextError::Custom(TRACE_TOO_LARGE.into()));
            interpreter.halt_fatal();
        }
    }
}
