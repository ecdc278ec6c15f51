//! Values that may wait on the stack instead of in a local.

use super::graph::{backward, live_blocks};
use crate::codegen::{Draft, Op};

/// How far a use is looked for.
const REACH: usize = 256;

/// Simplifies; whether anything changed.
///
/// A local that is assigned and then used for the last time in the same block, with the stack as
/// high as before and never lower in between, need not be there: its value stays where it was. The
/// local must not be borrowed.
pub(super) fn simplify(draft: &mut Draft) -> bool {
    let mut borrowed = vec![false; draft.slots.len()];
    for step in &draft.steps {
        if let Op::Borrow { local, .. } = step.op
            && let Some(entry) = borrowed.get_mut(usize::from(local))
        {
            *entry = true;
        }
    }
    let mut removed = vec![false; draft.steps.len()];
    let mut changed = false;
    for block in live_blocks(draft) {
        // Whether the local that an instruction mentions is needed behind it.
        let mut needed = vec![false; block.steps.len()];
        let mut live = block.live_out.clone();
        for (offset, n) in block.steps.clone().enumerate().rev() {
            let Some(step) = draft.steps.get(n) else {
                continue;
            };
            if let (Some(local), Some(entry)) = (step.op.local(), needed.get_mut(offset)) {
                *entry = live.has(local);
            }
            backward(&step.op, &mut live);
        }
        let mut from = block.steps.start;
        while let Some(n) = (from..block.steps.end).next() {
            from = n.saturating_add(1);
            let Some(Op::Store(local)) = draft.steps.get(n).map(|s| &s.op) else {
                continue;
            };
            if borrowed.get(usize::from(*local)) != Some(&false) {
                continue;
            }
            let Some(last) = use_at_same_height(draft, n, block.steps.end, *local) else {
                continue;
            };
            let offset = last.saturating_sub(block.steps.start);
            if needed.get(offset) == Some(&false) {
                for at in [n, last] {
                    if let Some(entry) = removed.get_mut(at) {
                        *entry = true;
                    }
                }
                changed = true;
                from = last.saturating_add(1);
            }
        }
    }
    let mut removed = removed.into_iter();
    draft.steps.retain(|_| removed.next() != Some(true));
    changed
}

/// Where a local is used that is assigned at a place, if the stack is as high there and has not been
/// lower.
fn use_at_same_height(draft: &Draft, store: usize, end: usize, local: u16) -> Option<usize> {
    let start = store.saturating_add(1);
    let mut height = 0_usize;
    for n in start..end.min(start.saturating_add(REACH)) {
        let step = draft.steps.get(n)?;
        if step.op.local() == Some(local) {
            let reads = matches!(step.op, Op::Use(_) | Op::Move(_));
            return (reads && height == 0).then_some(n);
        }
        height = height.checked_sub(step.pops)?;
        height = height.saturating_add(step.pushes.len());
    }
    None
}
