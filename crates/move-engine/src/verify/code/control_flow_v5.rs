//! Layout of loops up to version 5 of the format: a loop is a range of the code, from the target of
//! a back jump to the last such jump, and ranges nest.

use alloc::{vec, vec::Vec};

use super::{super::Config, function::Function};
use crate::{StatusCode, VmResult};

/// Back jumps go to the head of the innermost loop around them, jumps out of it to right behind
/// it, other forward jumps stay at their depth, and the depth is limited.
pub(super) fn verify(config: &Config, function: &Function<'_>) -> VmResult<()> {
    let layout = Layout::new(function);
    let check = |rule: &dyn Fn(&Jump) -> Option<StatusCode>| layout.each_jump(function, rule);
    check(&|jump| {
        let wrong = jump.is_back() && jump.around.map(|(head, _)| head) != Some(jump.to);
        wrong.then_some(StatusCode::InvalidLoopContinue)
    })?;
    check(&|jump| {
        let (_, last) = jump.around?;
        let wrong = !jump.is_back() && jump.to > last && jump.to != last.saturating_add(1);
        wrong.then_some(StatusCode::InvalidLoopBreak)
    })?;
    let depths = layout.depths();
    let depth = |offset: usize| depths.get(offset).copied().unwrap_or(0);
    check(&|jump| {
        let leaves = jump.around.is_some_and(|(_, last)| jump.to > last);
        if jump.is_back() || leaves {
            return None;
        }
        let starts_loop = layout.last_continue(jump.to).is_some();
        let target = depth(jump.to).saturating_sub(usize::from(starts_loop));
        (depth(jump.from) != target).then_some(StatusCode::InvalidLoopSplit)
    })?;
    if let Some(max) = config.max_loop_depth
        && let Some(offset) = depths.iter().position(|depth| *depth > max)
    {
        let offset = u16::try_from(offset).unwrap_or(u16::MAX);
        return Err(function.error(StatusCode::LoopMaxDepthReached, offset));
    }
    Ok(())
}

/// A jump, and head and last back jump of the innermost loop around it.
struct Jump {
    from: usize,
    to: usize,
    around: Option<(usize, usize)>,
}

impl Jump {
    fn is_back(&self) -> bool {
        self.to <= self.from
    }
}

/// For each instruction, the last jump back to it.
struct Layout(Vec<Option<usize>>);

impl Layout {
    fn new(function: &Function<'_>) -> Self {
        let mut last = vec![None; function.code.len()];
        for (from, instruction) in function.code.iter().enumerate() {
            if let Some(to) = instruction.branch_target().map(usize::from)
                && to <= from
                && let Some(slot) = last.get_mut(to)
            {
                *slot = Some(from);
            }
        }
        Self(last)
    }

    fn last_continue(&self, offset: usize) -> Option<usize> {
        self.0.get(offset).copied().flatten()
    }

    fn each_jump(
        &self,
        function: &Function<'_>,
        rule: &dyn Fn(&Jump) -> Option<StatusCode>,
    ) -> VmResult<()> {
        let mut around: Vec<(usize, usize)> = Vec::new();
        for (from, instruction) in function.code.iter().enumerate() {
            if let Some(last) = self.last_continue(from) {
                around.push((from, last));
            }
            let Some(to) = instruction.branch_target().map(usize::from) else {
                continue;
            };
            let jump = Jump {
                from,
                to,
                around: around.last().copied(),
            };
            if let Some(status) = rule(&jump) {
                let offset = u16::try_from(from).unwrap_or(u16::MAX);
                return Err(function.error(status, offset));
            }
            if jump.is_back() && jump.around.is_some_and(|(_, last)| last == from) {
                around.pop();
            }
        }
        Ok(())
    }

    /// How many loops are around each instruction, once they are known to nest.
    fn depths(&self) -> Vec<usize> {
        let mut ends = vec![false; self.0.len()];
        for last in self.0.iter().flatten() {
            if let Some(slot) = ends.get_mut(*last) {
                *slot = true;
            }
        }
        let mut depth = 0_usize;
        let each = self.0.iter().zip(ends).map(|(last, ends)| {
            depth = depth.saturating_add(usize::from(last.is_some()));
            let here = depth;
            depth = depth.saturating_sub(usize::from(ends));
            here
        });
        each.collect()
    }
}
