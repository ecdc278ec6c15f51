//! The default tracer: every step of every EVM frame, in order.

use super::run::Seen;
use alloy_rpc_types_trace::geth::{DefaultFrame, GethDefaultTracingOptions};
use revm::bytecode::opcode::{self, OpCode};
use revm_inspectors::tracing::{
    GethTraceBuilder,
    types::{CallTraceNode, CallTraceStep},
};

/// Marks a step that no code made.
const MARKER: usize = usize::MAX;

/// Renders the steps.
pub(super) fn render(seen: &Seen<'_>, options: GethDefaultTracingOptions) -> DefaultFrame {
    let mut nodes = seen.recorder.nodes().to_vec();
    nodes.iter_mut().for_each(lead_to_children);
    let mut frame = GethTraceBuilder::new(nodes).geth_traces(
        seen.executed.gas_used,
        seen.executed.output.clone(),
        options,
    );
    frame.struct_logs.retain(|step| step.pc != MARKER as u64);
    frame
}

/// The builder finds the frames below a frame by its calling steps. What runs on no EVM has none,
/// nor have queued calls: they get steps that are taken out afterwards.
fn lead_to_children(node: &mut CallTraceNode) {
    let calls = node
        .trace
        .steps
        .iter()
        .filter(|step| calls(step.op))
        .count();
    for _ in calls..node.children.len() {
        node.trace.steps.push(CallTraceStep {
            pc: MARKER,
            op: OpCode::CALL,
            stack: None,
            push_stack: None,
            memory: None,
            returndata: Default::default(),
            gas_remaining: 0,
            gas_refund_counter: 0,
            gas_used: 0,
            gas_cost: 0,
            storage_change: None,
            status: None,
            immediate_bytes: None,
            decoded: None,
        });
    }
}

fn calls(op: OpCode) -> bool {
    matches!(
        op.get(),
        opcode::CALL
            | opcode::CALLCODE
            | opcode::DELEGATECALL
            | opcode::STATICCALL
            | opcode::CREATE
            | opcode::CREATE2
    )
}
