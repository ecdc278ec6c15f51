//! Makes a draft of a function's code into bytecode: what nothing reaches or needs is removed,
//! copies become moves where a local is used for the last time, references are released where they
//! die, and locals that are not needed at the same time share a slot.

mod available;
mod constants;
mod finish;
mod graph;
mod jumps;
mod moves;
mod peephole;
mod propagate;
mod roots;
mod share;
mod wait;

use crate::{
    Diagnostic, Span, Symbol,
    codegen::{Draft, Slot},
};
use lumio_move_engine::format::Bytecode;

/// A function's code with where each instruction comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Finished {
    pub(crate) code: Vec<(Bytecode, Span)>,
    /// For each instruction whether the operand stack is empty before it.
    pub(crate) clear: Vec<bool>,
    /// For each instruction the name of the local that it mentions.
    pub(crate) names: Vec<Option<Symbol>>,
    /// Uses of locals that have no value.
    pub(crate) misuses: Vec<Diagnostic>,
    /// Locals behind the parameters.
    pub(crate) locals: Vec<Slot>,
}

/// How often the simple improvements are tried again.
const ROUNDS: usize = 12;

/// Optimises and resolves labels. The error says what there is too much of.
pub(crate) fn optimise(mut draft: Draft) -> Result<Finished, &'static str> {
    let misuses = available::check(&draft);
    for _ in 0..ROUNDS {
        let mut changed = jumps::simplify(&mut draft);
        changed |= peephole::simplify(&mut draft);
        changed |= constants::simplify(&mut draft);
        changed |= wait::simplify(&mut draft);
        // What it relies on does not hold in code that is refused.
        if misuses.is_empty() {
            changed |= propagate::simplify(&mut draft);
        }
        if !changed {
            break;
        }
    }
    moves::decide(&mut draft);
    moves::release(&mut draft);
    jumps::simplify(&mut draft);
    let homes = share::share(&draft);
    share::remove_idle(&mut draft, &homes);
    jumps::simplify(&mut draft);
    let mut finished = finish::finish(draft, &homes)?;
    finished.misuses = misuses;
    Ok(finished)
}
