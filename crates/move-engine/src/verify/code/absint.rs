//! The least fixed point of an abstract interpretation, block by block.

use alloc::{collections::BTreeSet, vec::Vec};

use super::{
    super::Meter,
    cfg::BlockId,
    function::{Function, broken},
};
use crate::{VmResult, format::Bytecode};

/// What is known before an instruction. Chains of growing states must be finite.
pub(super) trait AbstractState: Clone {
    /// Makes `self` cover what `other` covers too. Returns whether that changed anything.
    fn join(&mut self, other: &Self, meter: &mut Meter) -> VmResult<bool>;
}

/// What instructions do to states of a kind.
pub(super) trait Transfer {
    /// The states.
    type State: AbstractState;

    /// Runs one instruction. Errors need not say where.
    fn execute(
        &mut self,
        state: &mut Self::State,
        instruction: &Bytecode,
        meter: &mut Meter,
    ) -> VmResult<()>;

    /// Runs after the last instruction of a block.
    fn finish_block(&mut self, state: &mut Self::State, meter: &mut Meter) -> VmResult<()>;
}

/// Runs reached blocks until nothing new is learnt, or up to the first error. Always the pending
/// block that comes first in the graph's order is next, so that inner loops settle before what
/// follows them.
pub(super) fn analyze<T: Transfer>(
    function: &Function<'_>,
    transfer: &mut T,
    initial: T::State,
    meter: &mut Meter,
) -> VmResult<()> {
    let order = function.cfg.order();
    let mut before: Vec<Option<T::State>> = Vec::new();
    before.resize_with(order.len(), || None);
    let mut pending = BTreeSet::new();
    if let Some(entry) = before.first_mut() {
        *entry = Some(initial);
        pending.insert(0);
    }
    while let Some(position) = pending.pop_first() {
        let block = *order.get(position).ok_or_else(broken)?;
        let state = before.get(position).cloned().flatten().ok_or_else(broken)?;
        let after = run_block(function, transfer, block, state, meter)?;
        for &successor in function.cfg.successors(block) {
            let next = function.cfg.position(successor).ok_or_else(broken)?;
            let known = before.get_mut(next).ok_or_else(broken)?;
            let changed = match known {
                Some(known) => known.join(&after, meter)?,
                None => {
                    *known = Some(after.clone());
                    true
                }
            };
            if changed {
                pending.insert(next);
            }
        }
    }
    Ok(())
}

fn run_block<T: Transfer>(
    function: &Function<'_>,
    transfer: &mut T,
    block: BlockId,
    mut state: T::State,
    meter: &mut Meter,
) -> VmResult<T::State> {
    let (start, end) = function.cfg.range(block).ok_or_else(broken)?;
    for offset in start..=end {
        let instruction = function.instruction(offset)?;
        transfer
            .execute(&mut state, instruction, meter)
            .map_err(|error| error.at_code(function.index, offset))?;
    }
    transfer
        .finish_block(&mut state, meter)
        .map_err(|error| error.at_code(function.index, end))?;
    Ok(state)
}
