//! Pairs of instructions that come to less.

use lumio_move_engine::format::Bytecode as B;

use super::{
    graph::{backward, live_blocks},
    roots::Roots,
};
use crate::codegen::{Draft, Op};

/// Simplifies; whether anything changed.
pub(super) fn simplify(draft: &mut Draft) -> bool {
    let blocks = live_blocks(draft);
    let mut changed = false;
    // An assignment to what a reference may point into is left for the verifier to judge.
    let mut roots = Roots::of(draft, &blocks);
    let mut pointed_at = vec![false; draft.steps.len()];
    // Whether a local is live behind an instruction that mentions it.
    let mut live_after = vec![false; draft.steps.len()];
    for block in &blocks {
        let mut live = block.live_out.clone();
        let on_stack = roots.on_stack(draft, block);
        for n in block.steps.clone().rev() {
            let Some(step) = draft.steps.get_mut(n) else {
                continue;
            };
            if let (Some(local), Some(entry)) = (step.op.local(), live_after.get_mut(n)) {
                *entry = live.has(local);
            }
            let mut is_pointed_at = false;
            if let Op::Store(local) = step.op {
                let offset = n.saturating_sub(block.steps.start);
                let below = on_stack.get(offset);
                is_pointed_at = below.is_none_or(|roots| roots.has(local))
                    || live.iter().any(|other| roots.may_reach(other, local));
            }
            if let Some(entry) = pointed_at.get_mut(n) {
                *entry = is_pointed_at;
            }
            if let Op::Store(local) = step.op
                && !live.has(local)
                && !is_pointed_at
                && draft
                    .slots
                    .get(usize::from(local))
                    .is_some_and(|slot| slot.droppable)
            {
                step.op = Op::Code(B::Pop);
                changed = true;
            }
            backward(&step.op, &mut live);
        }
    }
    let mut removed = vec![false; draft.steps.len()];
    for n in 0..draft.steps.len().saturating_sub(1) {
        let after = n.saturating_add(1);
        if removed.get(n) == Some(&true) {
            continue;
        }
        let (Some(first), Some(second)) = (draft.steps.get(n), draft.steps.get(after)) else {
            continue;
        };
        let mut both = false;
        match (&first.op, &second.op) {
            // Stored and used once: it can stay on the stack.
            // What is borrowed is not assigned without the verifier knowing.
            (Op::Store(a), Op::Use(b) | Op::Move(b)) if a == b => {
                both = live_after.get(after) == Some(&false) && pointed_at.get(n) == Some(&false);
            }
            (first, Op::Code(B::Pop)) if is_pure(draft, first) => both = true,
            (Op::Code(B::Not), Op::JumpTrue(label)) => {
                let label = *label;
                both = false;
                replace(draft, after, Op::JumpFalse(label));
                mark(&mut removed, n);
                changed = true;
            }
            (Op::Code(B::Not), Op::JumpFalse(label)) => {
                let label = *label;
                replace(draft, after, Op::JumpTrue(label));
                mark(&mut removed, n);
                changed = true;
            }
            (
                Op::Code(value @ (B::LdTrue | B::LdFalse)),
                Op::JumpTrue(label) | Op::JumpFalse(label),
            ) => {
                let jumps = matches!(second.op, Op::JumpTrue(_)) == (*value == B::LdTrue);
                let label = *label;
                if jumps {
                    if let Some(step) = draft.steps.get_mut(after) {
                        step.op = Op::Jump(label);
                        step.pops = 0;
                    }
                } else {
                    mark(&mut removed, after);
                }
                mark(&mut removed, n);
                changed = true;
            }
            (
                Op::Borrow {
                    local,
                    mutable: false,
                },
                Op::Code(B::ReadRef),
            ) => {
                let local = *local;
                if let Some(step) = draft.steps.get_mut(after) {
                    step.op = Op::Copy(local);
                    step.pops = 0;
                }
                mark(&mut removed, n);
                changed = true;
            }
            _ => {}
        }
        if both {
            mark(&mut removed, n);
            mark(&mut removed, after);
            changed = true;
        }
    }
    let mut removed = removed.into_iter();
    draft.steps.retain(|_| removed.next() != Some(true));
    changed
}

fn mark(removed: &mut [bool], n: usize) {
    if let Some(entry) = removed.get_mut(n) {
        *entry = true;
    }
}

fn replace(draft: &mut Draft, n: usize, op: Op) {
    if let Some(step) = draft.steps.get_mut(n) {
        step.op = op;
    }
}

/// Whether an instruction only puts a value on the stack that need not be there.
fn is_pure(draft: &Draft, op: &Op) -> bool {
    match op {
        Op::Copy(_) => true,
        Op::Use(local) => draft
            .slots
            .get(usize::from(*local))
            .is_some_and(|slot| slot.droppable && !slot.is_reference()),
        Op::Code(code) => matches!(
            code,
            B::LdU8(_)
                | B::LdU16(_)
                | B::LdU32(_)
                | B::LdU64(_)
                | B::LdU128(_)
                | B::LdU256(_)
                | B::LdI8(_)
                | B::LdI16(_)
                | B::LdI32(_)
                | B::LdI64(_)
                | B::LdI128(_)
                | B::LdI256(_)
                | B::LdTrue
                | B::LdFalse
                | B::LdConst(_)
        ),
        _ => false,
    }
}
