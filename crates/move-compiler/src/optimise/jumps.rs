//! Jumps to jumps, jumps to what is next, and code that nothing reaches.

use std::collections::{HashMap, HashSet};

use lumio_move_engine::format::Bytecode;

use super::graph::blocks;
use crate::codegen::{Draft, Label, Op};

/// Simplifies; whether anything changed.
pub(super) fn simplify(draft: &mut Draft) -> bool {
    let mut changed = thread(draft);
    changed |= remove_unreachable(draft);
    changed |= remove_pointless(draft);
    changed
}

/// The instruction that follows a label, skipping labels.
fn first_after(draft: &Draft, at: usize) -> Option<&Op> {
    let rest = draft.steps.get(at..).unwrap_or_default();
    let first = rest.iter().find(|s| !matches!(s.op, Op::Label(_)));
    first.map(|s| &s.op)
}

fn thread(draft: &mut Draft) -> bool {
    let mut next: HashMap<Label, Label> = HashMap::new();
    let mut returns: HashSet<Label> = HashSet::new();
    for (n, step) in draft.steps.iter().enumerate() {
        if let Op::Label(label) = step.op {
            match first_after(draft, n) {
                Some(Op::Jump(to)) => {
                    next.insert(label, *to);
                }
                Some(Op::Code(Bytecode::Ret)) => {
                    returns.insert(label);
                }
                _ => {}
            }
        }
    }
    let end = |label: Label| {
        let mut label = label;
        // A circle of jumps has at most as many as there are labels.
        for _ in 0..next.len() {
            match next.get(&label) {
                Some(to) => label = *to,
                None => break,
            }
        }
        label
    };
    let mut changed = false;
    for step in &mut draft.steps {
        match &mut step.op {
            Op::Jump(label) | Op::JumpTrue(label) | Op::JumpFalse(label) => {
                let to = end(*label);
                changed |= to != *label;
                *label = to;
            }
            _ => {}
        }
        // The operand stack is empty at a jump, so such a function returns nothing.
        if let Op::Jump(label) = step.op
            && returns.contains(&label)
        {
            step.op = Op::Code(Bytecode::Ret);
            changed = true;
        }
    }
    changed
}

fn remove_unreachable(draft: &mut Draft) -> bool {
    let blocks = blocks(draft);
    let mut reached = vec![false; blocks.len()];
    let mut wanted = vec![0];
    while let Some(n) = wanted.pop() {
        let Some(seen) = reached.get_mut(n) else {
            continue;
        };
        if !std::mem::replace(seen, true) {
            wanted.extend(
                blocks
                    .get(n)
                    .map(|b| b.successors.clone())
                    .unwrap_or_default(),
            );
        }
    }
    let before = draft.steps.len();
    let mut keep = Vec::new();
    for (block, reached) in blocks.iter().zip(reached) {
        if reached {
            keep.extend(
                draft
                    .steps
                    .get(block.steps.clone())
                    .unwrap_or_default()
                    .to_vec(),
            );
        }
    }
    draft.steps = keep;
    let targets: HashSet<Label> = draft.steps.iter().filter_map(|s| s.op.target()).collect();
    draft.steps.retain(|step| match step.op {
        Op::Label(label) => targets.contains(&label),
        _ => true,
    });
    draft.steps.len() != before
}

/// Whether a label stands at a place, before anything else.
fn is_at(draft: &Draft, at: usize, label: Label) -> bool {
    let rest = draft.steps.get(at..).unwrap_or_default();
    rest.iter()
        .map_while(|s| match s.op {
            Op::Label(found) => Some(found),
            _ => None,
        })
        .any(|found| found == label)
}

fn remove_pointless(draft: &mut Draft) -> bool {
    let mut changed = false;
    let mut n = 0;
    while n < draft.steps.len() {
        let after = n.saturating_add(1);
        let op = draft.steps.get(n).map(|s| s.op.clone());
        let next = draft.steps.get(after).map(|s| s.op.clone());
        match (op, next) {
            (Some(Op::Jump(label)), _) if is_at(draft, after, label) => {
                draft.steps.remove(n);
                changed = true;
                continue;
            }
            // Over a jump: the other way round.
            (Some(Op::JumpTrue(label) | Op::JumpFalse(label)), Some(Op::Jump(other)))
                if is_at(draft, after.saturating_add(1), label) =>
            {
                if let Some(step) = draft.steps.get_mut(n) {
                    step.op = match step.op {
                        Op::JumpTrue(_) => Op::JumpFalse(other),
                        _ => Op::JumpTrue(other),
                    };
                }
                draft.steps.remove(after);
                changed = true;
            }
            _ => {}
        }
        n = after;
    }
    changed
}
