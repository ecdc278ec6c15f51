//! Which uses of locals move, and where references are released.

use lumio_move_engine::format::Bytecode;

use super::{
    graph::{Block, backward, live_blocks},
    roots::Roots,
};
use crate::codegen::{Draft, Op, Step};

/// Makes each use a copy or a move: a move where the local is not needed afterwards, unless
/// something may refer to it then.
pub(super) fn decide(draft: &mut Draft) {
    let blocks = live_blocks(draft);
    let mut roots = Roots::of(draft, &blocks);
    for block in &blocks {
        let on_stack = roots.on_stack(draft, block);
        let mut live = block.live_out.clone();
        for n in block.steps.clone().rev() {
            let Some(step) = draft.steps.get(n) else {
                continue;
            };
            if let Op::Use(local) = step.op
                && let Some(slot) = draft.slots.get(usize::from(local))
            {
                let offset = n.saturating_sub(block.steps.start);
                let is_borrowed = || {
                    on_stack.get(offset).is_some_and(|roots| roots.has(local))
                        || live.iter().any(|other| roots.may_reach(other, local))
                };
                // What cannot be dropped cannot be left behind.
                let copies = slot.copyable && (live.has(local) || slot.droppable && is_borrowed());
                let op = if copies {
                    Op::Copy(local)
                } else {
                    Op::Move(local)
                };
                if let Some(step) = draft.steps.get_mut(n) {
                    step.op = op;
                }
            }
            if let Some(step) = draft.steps.get(n) {
                backward(&step.op, &mut live);
            }
        }
    }
}

/// Drops references on the way into blocks that do not need them, where others do.
pub(super) fn release(draft: &mut Draft) {
    let blocks = live_blocks(draft);
    let mut predecessors = vec![0_usize; blocks.len()];
    for block in &blocks {
        for successor in &block.successors {
            if let Some(count) = predecessors.get_mut(*successor) {
                *count = count.saturating_add(1);
            }
        }
    }
    // Instructions to put in before a step, and code to append.
    let mut inserted: Vec<(usize, Vec<Step>)> = Vec::new();
    let mut appended: Vec<Step> = Vec::new();
    for (n, block) in blocks.iter().enumerate() {
        for successor in &block.successors {
            let Some(to) = blocks.get(*successor) else {
                continue;
            };
            let dying: Vec<u16> = block
                .live_out
                .iter()
                .filter(|local| !to.live_in.has(*local))
                .filter(|local| {
                    let slot = draft.slots.get(usize::from(*local));
                    slot.is_some_and(|slot| slot.is_reference())
                })
                .collect();
            if dying.is_empty() || only_ends(draft, to) {
                continue;
            }
            let last = block.steps.end.saturating_sub(1);
            let Some(step) = draft.steps.get(last).cloned() else {
                continue;
            };
            let mut drops = Vec::new();
            for local in dying {
                let made = |op, pops, pushes| Step {
                    op,
                    pops,
                    pushes,
                    span: step.span,
                };
                drops.push(made(Op::Move(local), 0, vec![true]));
                drops.push(made(Op::Code(Bytecode::Pop), 1, Vec::new()));
            }
            let falls = *successor == n.saturating_add(1)
                && !step.op.ends()
                && !jumps_into(draft, &step, to);
            if falls {
                inserted.push((block.steps.end, drops));
            } else if predecessors.get(*successor) == Some(&1) {
                // Behind the labels of the only block that comes here.
                let labels = draft
                    .steps
                    .get(to.steps.clone())
                    .unwrap_or_default()
                    .iter()
                    .take_while(|s| matches!(s.op, Op::Label(_)))
                    .count();
                inserted.push((to.steps.start.saturating_add(labels), drops));
            } else if let Some(target) = step.op.target() {
                let label = draft.label();
                let made = |op| Step {
                    op,
                    pops: 0,
                    pushes: Vec::new(),
                    span: step.span,
                };
                appended.push(made(Op::Label(label)));
                appended.extend(drops);
                appended.push(made(Op::Jump(target)));
                if let Some(step) = draft.steps.get_mut(last) {
                    step.op = match step.op {
                        Op::JumpTrue(_) => Op::JumpTrue(label),
                        Op::JumpFalse(_) => Op::JumpFalse(label),
                        _ => Op::Jump(label),
                    };
                }
            }
        }
    }
    inserted.sort_by_key(|(at, _)| *at);
    for (at, steps) in inserted.into_iter().rev() {
        let at = at.min(draft.steps.len());
        draft.steps.splice(at..at, steps);
    }
    draft.steps.extend(appended);
}

/// Whether a block is entered by the jump at the end of the one before it.
fn jumps_into(draft: &Draft, step: &Step, to: &Block) -> bool {
    let Some(target) = step.op.target() else {
        return false;
    };
    let labels = draft.steps.get(to.steps.clone()).unwrap_or_default();
    labels.iter().any(|s| s.op == Op::Label(target))
}

/// Whether a block does nothing but end the function.
fn only_ends(draft: &Draft, block: &Block) -> bool {
    let steps = draft.steps.get(block.steps.clone()).unwrap_or_default();
    let last = steps.last();
    let ends = last.is_some_and(|s| s.op.ends() && s.op.target().is_none());
    ends && steps.iter().all(|s| match &s.op {
        Op::Label(_) | Op::Copy(_) => true,
        Op::Code(code) => !matches!(
            code,
            Bytecode::Call(_) | Bytecode::CallGeneric(_) | Bytecode::CallClosure(_)
        ),
        _ => false,
    })
}
