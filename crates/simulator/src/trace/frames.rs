//! `callTracer`: the tree of frames of all machines.
//!
//! The frame of a Move function is a `CALL` (or a `STATICCALL`) of its module's account, so that
//! tools read it as any other, with fields beside: `vm`, `function`, `arguments`, `returns`. A frame
//! that was queued says so, and comes after the others of the one root.

use super::{
    names::{self, Named},
    order::{Moment, events_that_stand, walk},
    run::{Seen, Subject},
};
use crate::SimulateError;
use alloy_primitives::U256;
use alloy_rpc_types_trace::geth::{CallConfig, CallFrame};
use lumio_types::{CarriedReceipt, VmId};
use lumio_vm_bus::message;
use revm_inspectors::tracing::types::CallTraceNode;
use serde_json::{Map, Value};

/// Renders the tree.
pub(super) fn render(seen: &Seen<'_>, config: CallConfig) -> Result<Value, SimulateError> {
    let nodes = seen.recorder.nodes();
    let stands = events_that_stand(seen, nodes);
    let numbers = log_numbers(nodes, &stands);
    let with_log = config.with_log.unwrap_or_default();
    let only_top = config.only_top_call.unwrap_or_default();
    let wanted = if only_top {
        nodes.len().min(1)
    } else {
        nodes.len()
    };
    let mut rendered: Vec<Option<Map<String, Value>>> = vec![None; wanted];
    // Who calls began before whom it calls.
    for (index, node) in nodes.iter().enumerate().take(wanted).rev() {
        let with_log = with_log && stands.get(index).copied().unwrap_or_default();
        let mut frame = node.geth_empty_call_frame(with_log);
        let firsts = numbers.get(index).map(Vec::as_slice).unwrap_or_default();
        for (log, number) in frame.logs.iter_mut().zip(firsts) {
            log.index = Some(*number);
        }
        complete(seen, index, &mut frame);
        let own = node.geth_selfdestruct_call_trace();
        let mut shown = object(&frame)?;
        let mut calls = Vec::new();
        if !only_top {
            for child in &node.children {
                let child = rendered.get_mut(*child).and_then(Option::take);
                calls.extend(child.map(Value::Object));
            }
            // A contract that destroys itself does nothing after.
            if let Some(own) = own {
                calls.push(Value::Object(object(&own)?));
            }
        }
        if let Some(named) = name_of(seen, index, node)? {
            named.put_into(&mut shown);
        }
        if seen.recorder.queued.contains(&index) {
            shown.insert("queued".into(), true.into());
        }
        if !calls.is_empty() {
            shown.insert("calls".into(), calls.into());
        }
        if let Some(place) = rendered.get_mut(index) {
            *place = Some(shown);
        }
    }
    let root = rendered.first_mut().and_then(Option::take);
    Ok(Value::Object(root.unwrap_or_default()))
}

fn object(frame: &CallFrame) -> Result<Map<String, Value>, SimulateError> {
    match serde_json::to_value(frame) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) | Err(_) => Err(SimulateError::Fault(lumio_executor::Fault::Bug(
            "a frame that is no object".into(),
        ))),
    }
}

/// The number of each log within the transaction, as its receipt counts them.
fn log_numbers(nodes: &[CallTraceNode], stands: &[bool]) -> Vec<Vec<u64>> {
    let mut numbers: Vec<Vec<u64>> = vec![Vec::new(); nodes.len()];
    let mut next = 0..;
    walk(nodes, &mut |index, _, moment| {
        if let Moment::Log(_) = moment
            && stands.get(index).copied().unwrap_or_default()
            && let Some(numbers) = numbers.get_mut(index)
        {
            numbers.extend(next.next());
        }
    });
    numbers
}

/// What the receipt says of the outermost frame, and reasons that geth does not know.
fn complete(seen: &Seen<'_>, index: usize, frame: &mut CallFrame) {
    if index == 0 {
        frame.gas_used = U256::from(seen.executed.gas_used);
    }
    if frame.error.is_none() || frame.revert_reason.is_some() {
        return;
    }
    let carried = seen.executed.carried.as_ref().filter(|_| index == 0);
    frame.revert_reason = match (carried, &frame.output) {
        (Some(CarriedReceipt::Move(carried)), _) => Some(carried.status.clone()),
        (Some(CarriedReceipt::Solana(_)), _) => seen.executed.halt.clone(),
        (None, Some(output)) => message::move_reason(output),
        (None, None) => None,
    };
}

/// The name of what a frame of another machine runs.
fn name_of(
    seen: &Seen<'_>,
    index: usize,
    node: &CallTraceNode,
) -> Result<Option<Named>, SimulateError> {
    let call = seen.recorder.foreign.get(&index);
    match (index, &seen.traced.subject, call) {
        (0, Subject::Move { inner, .. }, _) => {
            let named = names::of_transaction(seen, inner)?;
            return Ok(Some(Named::Move(named)));
        }
        (0, Subject::Solana { inner, .. }, Some(call)) => {
            return Ok(Some(names::of_solana_transaction(call.target, inner)));
        }
        _ => {}
    }
    match call.map(|call| (call.vm, call)) {
        Some((VmId::Move, call)) => {
            let output = node.trace.success.then_some(&node.trace.output);
            Ok(Some(Named::Move(names::of_call(seen, call, output)?)))
        }
        Some((VmId::Svm, call)) => Ok(Some(names::of_solana_call(call))),
        Some((VmId::Evm, _)) | None => Ok(None),
    }
}
