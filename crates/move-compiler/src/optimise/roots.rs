//! Which locals references may point into.

use super::graph::{Block, Locals};
use crate::codegen::{Draft, Op};

/// For each local that is a reference, the locals that it may point into at any time.
pub(super) struct Roots {
    of_slot: Vec<Locals>,
}

impl Roots {
    pub(super) fn of(draft: &Draft, blocks: &[Block]) -> Self {
        let mut roots = Self {
            of_slot: vec![Locals::default(); draft.slots.len()],
        };
        let borrows = |op: &Op| matches!(op, Op::Borrow { .. });
        if !draft.steps.iter().any(|s| borrows(&s.op)) {
            return roots;
        }
        // Sets only grow, and each round but the last makes one larger.
        loop {
            let mut changed = false;
            for block in blocks {
                roots.walk(draft, block, &mut |_, _| {}, &mut changed);
            }
            if !changed {
                return roots;
            }
        }
    }

    /// Whether a reference may point into a local.
    pub(super) fn may_reach(&self, reference: u16, local: u16) -> bool {
        let roots = self.of_slot.get(usize::from(reference));
        roots.is_some_and(|roots| roots.has(local))
    }

    /// The locals that a reference may point into.
    pub(super) fn reached(&self, reference: u16) -> Locals {
        let roots = self.of_slot.get(usize::from(reference));
        roots.cloned().unwrap_or_default()
    }

    /// For each instruction of a block, the locals that operands before it may point into.
    pub(super) fn on_stack(&mut self, draft: &Draft, block: &Block) -> Vec<Locals> {
        let mut found = Vec::new();
        let mut note = |_: usize, stack: &[Locals]| {
            let mut all = Locals::default();
            stack.iter().for_each(|roots| all.join(roots));
            found.push(all);
        };
        self.walk(draft, block, &mut note, &mut false);
        found
    }

    fn walk(
        &mut self,
        draft: &Draft,
        block: &Block,
        note: &mut dyn FnMut(usize, &[Locals]),
        changed: &mut bool,
    ) {
        let mut stack: Vec<Locals> = Vec::new();
        for n in block.steps.clone() {
            let Some(step) = draft.steps.get(n) else {
                continue;
            };
            note(n, &stack);
            let rest = stack.len().saturating_sub(step.pops);
            let mut taken = Locals::default();
            for roots in stack.drain(rest..) {
                taken.join(&roots);
            }
            match step.op {
                Op::Store(local) => {
                    if let Some(own) = self.of_slot.get_mut(usize::from(local)) {
                        let mut joined = own.clone();
                        joined.join(&taken);
                        *changed |= joined != *own;
                        *own = joined;
                    }
                }
                Op::Borrow { local, .. } => taken.add(local),
                Op::Use(local) | Op::Copy(local) | Op::Move(local) => {
                    let own = self.of_slot.get(usize::from(local));
                    taken = own.cloned().unwrap_or_default();
                }
                _ => {}
            }
            for is_reference in &step.pushes {
                stack.push(match is_reference {
                    true => taken.clone(),
                    false => Locals::default(),
                });
            }
        }
    }
}
