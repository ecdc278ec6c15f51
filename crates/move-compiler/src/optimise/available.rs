//! Uses of locals that have no value: never assigned, or moved away. Found before anything is
//! optimised, so that what counts is what was written, and all of them at once.

use super::{
    graph::{Locals, blocks},
    moves,
};
use crate::{
    Diagnostic, Span,
    codegen::{Draft, Op},
};

/// What may be known of locals at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct State {
    /// May never have been assigned.
    empty: Locals,
    /// May have been moved away.
    moved: Locals,
}

impl State {
    fn step(&mut self, op: &Op) {
        match op {
            Op::Store(local) => self.fill(*local),
            Op::Move(local) => self.moved.add(*local),
            _ => {}
        }
    }

    fn fill(&mut self, local: u16) {
        self.empty.remove(local);
        self.moved.remove(local);
    }
}

/// Tells of each local that is used where it may have no value, once on each way there.
pub(super) fn check(draft: &Draft) -> Vec<Diagnostic> {
    let mut draft = draft.clone();
    moves::decide(&mut draft);
    let blocks = blocks(&draft);
    // Nothing where nobody comes.
    let mut starts: Vec<Option<State>> = vec![None; blocks.len()];
    let mut first = State::default();
    for local in draft.parameters..draft.slots.len() {
        first.empty.add(u16::try_from(local).unwrap_or(u16::MAX));
    }
    if let Some(start) = starts.first_mut() {
        *start = Some(first);
    }
    let mut wanted = vec![0];
    while let Some(n) = wanted.pop() {
        let (Some(block), Some(Some(state))) = (blocks.get(n), starts.get(n)) else {
            continue;
        };
        let mut state = state.clone();
        for step in draft.steps.get(block.steps.clone()).unwrap_or_default() {
            state.step(&step.op);
        }
        for successor in &block.successors {
            let Some(start) = starts.get_mut(*successor) else {
                continue;
            };
            let mut joined = start.clone().unwrap_or_default();
            joined.empty.join(&state.empty);
            joined.moved.join(&state.moved);
            if start.as_ref() != Some(&joined) {
                *start = Some(joined);
                wanted.push(*successor);
            }
        }
    }
    let mut found = Vec::new();
    for (block, start) in blocks.iter().zip(starts) {
        let Some(mut state) = start else { continue };
        for n in block.steps.clone() {
            let Some(step) = draft.steps.get(n) else {
                continue;
            };
            if let Some(local) = step.op.read() {
                if state.moved.has(local) {
                    found.push(moved(&draft, n, local, step.span));
                } else if state.empty.has(local) {
                    found.push(unassigned(&draft, local, step.span));
                }
                state.fill(local);
            }
            state.step(&step.op);
        }
    }
    found
}

fn name(draft: &Draft, local: u16) -> &str {
    let slot = draft.slots.get(usize::from(local));
    slot.map_or("this", |s| s.name.as_str())
}

fn unassigned(draft: &Draft, local: u16, span: Span) -> Diagnostic {
    let name = name(draft, local);
    Diagnostic::error(span, format!("`{name}` may have no value here"))
        .label("it is not assigned on every way to here")
        .help(format!("give `{name}` a value where it is declared"))
}

fn moved(draft: &Draft, at: usize, local: u16, span: Span) -> Diagnostic {
    let name = name(draft, local);
    let moves = |n: &usize| draft.steps.get(*n).map(|s| &s.op) == Some(&Op::Move(local));
    let before = (0..at).rev().find(moves);
    let place = before.or_else(|| (at..draft.steps.len()).find(moves));
    let place = place
        .and_then(|n| draft.steps.get(n))
        .map_or(span, |s| s.span);
    let error = Diagnostic::error(
        span,
        format!("`{name}` has no value here: it was moved away"),
    );
    let error = match place == span {
        true => error.label("it is moved here, in the round of the loop before"),
        false => error.also(place, "it is moved here"),
    };
    let slot = draft.slots.get(usize::from(local));
    error.help(match slot.is_some_and(|s| s.copyable) {
        true => format!("write `copy {name}` where it is moved"),
        false => format!("borrow it there with `&{name}`, or give its type `copy`"),
    })
}
