//! Basic blocks, and which locals are live between them.

use std::{collections::HashMap, ops::Range};

use crate::codegen::{Draft, Label, Op};

/// A set of locals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Locals(Vec<u64>);

impl Locals {
    fn place(local: u16) -> (usize, u64) {
        (
            usize::from(local >> 6),
            1_u64.wrapping_shl(u32::from(local & 63)),
        )
    }

    pub(super) fn has(&self, local: u16) -> bool {
        let (word, bit) = Self::place(local);
        self.0.get(word).is_some_and(|w| w & bit != 0)
    }

    pub(super) fn add(&mut self, local: u16) {
        let (word, bit) = Self::place(local);
        if self.0.len() <= word {
            self.0.resize(word.saturating_add(1), 0);
        }
        if let Some(w) = self.0.get_mut(word) {
            *w |= bit;
        }
    }

    pub(super) fn remove(&mut self, local: u16) {
        let (word, bit) = Self::place(local);
        if let Some(w) = self.0.get_mut(word) {
            *w &= !bit;
        }
    }

    pub(super) fn join(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            *a |= b;
        }
    }

    /// Whether some local is in both.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        self.0.iter().enumerate().flat_map(|(n, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros();
                rest &= rest.wrapping_sub(1);
                let base = u16::try_from(n.checked_mul(64)?).ok()?;
                (bit < 64).then(|| base.saturating_add(u16::try_from(bit).unwrap_or(0)))
            })
        })
    }
}

/// A basic block.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) steps: Range<usize>,
    pub(super) successors: Vec<usize>,
    /// Live at its start and at its end.
    pub(super) live_in: Locals,
    pub(super) live_out: Locals,
}

/// The blocks of a draft, in order.
pub(super) fn blocks(draft: &Draft) -> Vec<Block> {
    let steps = &draft.steps;
    let mut starts = vec![0];
    for (n, step) in steps.iter().enumerate() {
        let before = n.checked_sub(1).and_then(|m| steps.get(m));
        let after_jump = before.is_some_and(|s| s.op.ends() || s.op.target().is_some());
        let label = matches!(step.op, Op::Label(_));
        let after_label = before.is_some_and(|s| matches!(s.op, Op::Label(_)));
        if n > 0 && (after_jump || label && !after_label) {
            starts.push(n);
        }
    }
    let mut blocks = Vec::new();
    let mut of_label: HashMap<Label, usize> = HashMap::new();
    for (n, start) in starts.iter().enumerate() {
        let end = starts
            .get(n.saturating_add(1))
            .copied()
            .unwrap_or(steps.len());
        for step in steps.get(*start..end).unwrap_or_default() {
            if let Op::Label(label) = step.op {
                of_label.insert(label, n);
            }
        }
        blocks.push(Block {
            steps: *start..end,
            successors: Vec::new(),
            live_in: Locals::default(),
            live_out: Locals::default(),
        });
    }
    let count = blocks.len();
    for (n, block) in blocks.iter_mut().enumerate() {
        let last = block.steps.end.checked_sub(1).and_then(|m| steps.get(m));
        if let Some(last) = last {
            let target = last.op.target().and_then(|l| of_label.get(&l)).copied();
            block.successors.extend(target);
            let next = n.saturating_add(1);
            if !last.op.ends() && next < count && !block.successors.contains(&next) {
                block.successors.push(next);
            }
        }
    }
    blocks
}

/// The blocks with liveness.
pub(super) fn live_blocks(draft: &Draft) -> Vec<Block> {
    let mut blocks = blocks(draft);
    let mut changed = true;
    while changed {
        changed = false;
        for n in (0..blocks.len()).rev() {
            let Some(block) = blocks.get(n).cloned() else {
                continue;
            };
            let mut out = Locals::default();
            for successor in &block.successors {
                if let Some(successor) = blocks.get(*successor) {
                    out.join(&successor.live_in);
                }
            }
            let mut live = out.clone();
            for step in draft
                .steps
                .get(block.steps.clone())
                .unwrap_or_default()
                .iter()
                .rev()
            {
                backward(&step.op, &mut live);
            }
            if live != block.live_in || out != block.live_out {
                if let Some(block) = blocks.get_mut(n) {
                    block.live_in = live;
                    block.live_out = out;
                }
                changed = true;
            }
        }
    }
    blocks
}

/// What is live before an instruction, given what is live after it.
pub(super) fn backward(op: &Op, live: &mut Locals) {
    match op {
        Op::Store(local) => live.remove(*local),
        Op::Use(local) | Op::Copy(local) | Op::Move(local) | Op::Borrow { local, .. } => {
            live.add(*local);
        }
        Op::Code(_) | Op::Label(_) | Op::Jump(_) | Op::JumpTrue(_) | Op::JumpFalse(_) => {}
    }
}
