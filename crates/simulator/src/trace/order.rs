//! Frames and their events in the order in which they came.

use super::run::{Seen, Subject};
use revm_inspectors::tracing::types::{CallLog, CallTraceNode, TraceMemberOrder};

/// Something that happens in a frame.
pub(super) enum Moment<'a> {
    Begin,
    Log(&'a CallLog),
    End,
}

/// Goes through all frames, and tells of each moment with the number of its frame.
pub(super) fn walk<'n>(
    nodes: &'n [CallTraceNode],
    look: &mut dyn FnMut(usize, &'n CallTraceNode, Moment<'n>),
) {
    let mut open = vec![(0_usize, 0_usize)];
    while let Some((index, place)) = open.pop() {
        let Some(node) = nodes.get(index) else {
            continue;
        };
        if place == 0 {
            look(index, node, Moment::Begin);
        }
        let Some(member) = node.ordering.get(place) else {
            look(index, node, Moment::End);
            continue;
        };
        open.push((index, place.saturating_add(1)));
        match member {
            TraceMemberOrder::Call(child) => {
                open.extend(node.children.get(*child).map(|child| (*child, 0)));
            }
            TraceMemberOrder::Log(number) => {
                if let Some(log) = node.logs.get(*number) {
                    look(index, node, Moment::Log(log));
                }
            }
            TraceMemberOrder::Step(_) => {}
        }
    }
}

/// For each frame, whether the events that it emitted itself are the transaction's. A Move
/// transaction that fails has those of its epilogue all the same.
pub(super) fn events_that_stand(seen: &Seen<'_>, nodes: &[CallTraceNode]) -> Vec<bool> {
    let is_move = matches!(seen.traced.subject, Subject::Move { .. });
    let mut succeeded: Vec<bool> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let above = node.parent.and_then(|parent| succeeded.get(parent));
        succeeded.push(above.copied().unwrap_or(true) && !node.trace.is_error());
    }
    if let Some(root) = succeeded.first_mut() {
        *root |= is_move;
    }
    succeeded
}
