//! References: none outlives what it points to, and what a mutable one points to is reached by no
//! other one while it is written, passed on or returned.
//!
//! The state of the abstract machine says for each local and each value on the stack whether it is
//! a reference, and keeps a borrow graph over the live references and the frame's root. What must
//! hold for each concrete state that an abstract one stands for:
//!
//! 1. If a live reference points into a local or a resource, a path of edges leads to it from the
//!    root, whose first label is that local or the resource's type.
//! 2. If two live references overlap, and one of them is mutable, then a path of edges leads from
//!    one to the other: to the one that was borrowed from the other. Labels along exact edges are
//!    just the fields passed on the way; behind an inexact edge, any more may follow.
//! 3. Nothing that is immutable leads to something mutable.
//! 4. An edge is never lost when a reference ends: its parents then lead to its children.
//!
//! So without edges from it, a mutable reference is the only way to its referent (parents are
//! blocked by their edges), and without edges from the root under a local's label, no reference
//! points into the local. Parameters come from callers that have made sure of the same. Joining two
//! states keeps all edges of both; a local that is a reference in one of them only, ends.
//!
//! At the end of each block references are renumbered after the locals that hold them, so that
//! states of different ways to a block can be compared. Labels follow the fields of types that
//! do not contain themselves, so that there are finitely many paths and the analysis ends; how
//! long it may take, the meter limits.

mod borrow_graph;
mod state;
mod transfer;

use alloc::vec::Vec;

use super::{super::Meter, absint::analyze, function::Function};
use crate::VmResult;

/// Checks the reached blocks.
pub(super) fn verify(function: &Function<'_>, meter: &mut Meter) -> VmResult<()> {
    let initial = state::State::new(function)?;
    let mut references = transfer::References {
        function,
        stack: Vec::new(),
    };
    analyze(function, &mut references, initial, meter)
}
