//! Control flow: code does not run off its end, loops have one entry each and nest only so deep.

use alloc::{vec, vec::Vec};

use super::{
    super::Config,
    cfg::{BlockId, ControlFlowGraph},
    control_flow_v5,
    function::Function,
};
use crate::{StatusCode, VmError, VmResult};

/// Checks one function. Up to version 5 of the format, loops must also be laid out in the code the
/// way that compilers of that time did it.
pub(super) fn verify(config: &Config, function: &Function<'_>) -> VmResult<()> {
    let Some(last) = function.code.last() else {
        return Err(VmError::new(StatusCode::EmptyCodeUnit));
    };
    if !last.is_unconditional_exit() {
        let offset = u16::try_from(function.code.len().saturating_sub(1)).unwrap_or(u16::MAX);
        return Err(function.error(StatusCode::InvalidFallThrough, offset));
    }
    if function.tables.version <= 5 {
        return control_flow_v5::verify(config, function);
    }
    Loops::new(&function.cfg)
        .check(config.max_loop_depth)
        .map_err(|(status, block)| {
            let offset = function.cfg.range(block).map_or(0, |(start, _)| start);
            function.error(status, offset)
        })
}

/// A depth-first tree over the reached blocks, and which blocks were found to be in loops.
///
/// Numbers are those of the tree in preorder: the descendants of `n` are `n..last[n]`.
struct Loops {
    /// Which block has a number.
    block: Vec<BlockId>,
    /// One more than the highest number among descendants.
    last: Vec<usize>,
    /// From where edges lead to a block, except back edges.
    forward: Vec<Vec<usize>>,
    /// From which descendants (or itself) edges lead back to a block.
    back: Vec<Vec<usize>>,
    /// A step towards the head of the outermost loop found so far that a block is in.
    head: Vec<usize>,
    /// Loops inside each other at a head, itself included.
    depth: Vec<usize>,
}

impl Loops {
    fn new(cfg: &ControlFlowGraph) -> Self {
        let mut number: Vec<Option<usize>> = vec![None; cfg.block_count()];
        let mut loops = Self {
            block: Vec::new(),
            last: Vec::new(),
            forward: Vec::new(),
            back: Vec::new(),
            head: Vec::new(),
            depth: Vec::new(),
        };
        // Blocks being explored, with how many of their successors are done.
        let mut open: Vec<(BlockId, usize)> = Vec::new();
        if cfg.block_count() > 0 {
            loops.enter(0, &mut number, &mut open);
        }
        while let Some((block, done)) = open.last_mut() {
            let from = number.get(*block).copied().flatten().unwrap_or(0);
            let Some(&to) = cfg.successors(*block).get(*done) else {
                if let Some(last) = loops.last.get_mut(from) {
                    *last = loops.block.len();
                }
                open.pop();
                continue;
            };
            *done = done.saturating_add(1);
            let target = match number.get(to).copied().flatten() {
                Some(target) => target,
                None => loops.enter(to, &mut number, &mut open),
            };
            // A block that is still open has no end yet: an edge to it leads back.
            let is_back = loops.last.get(target) == Some(&usize::MAX) && target <= from;
            let edges = if is_back {
                &mut loops.back
            } else {
                &mut loops.forward
            };
            if let Some(edges) = edges.get_mut(target) {
                edges.push(from);
            }
        }
        loops
    }

    fn enter(
        &mut self,
        block: BlockId,
        number: &mut [Option<usize>],
        open: &mut Vec<(BlockId, usize)>,
    ) -> usize {
        let new = self.block.len();
        if let Some(slot) = number.get_mut(block) {
            *slot = Some(new);
        }
        self.block.push(block);
        self.last.push(usize::MAX);
        self.forward.push(Vec::new());
        self.back.push(Vec::new());
        self.head.push(new);
        self.depth.push(0);
        open.push((block, 0));
        new
    }

    /// Inner loops before outer ones: each is reduced to its head, after which the body of the
    /// next outer one consists of single blocks again.
    fn check(&mut self, max_depth: Option<usize>) -> Result<(), (StatusCode, BlockId)> {
        // For which head a block was last put into a body.
        let mut member_of = vec![usize::MAX; self.block.len()];
        for head in (0..self.block.len()).rev() {
            let ends = self.back.get(head).cloned().unwrap_or_default();
            if ends.is_empty() {
                continue;
            }
            let mut body = Vec::new();
            for end in ends {
                let end = self.outermost(end);
                if end != head && join_body(&mut member_of, end, head) {
                    body.push(end);
                }
            }
            let mut next = 0;
            while let Some(&node) = body.get(next) {
                next = next.saturating_add(1);
                for before in self.forward.get(node).cloned().unwrap_or_default() {
                    let before = self.outermost(before);
                    let inside = self.last.get(head).is_some_and(|last| before < *last);
                    if before < head || !inside {
                        return Err((StatusCode::InvalidLoopSplit, self.block_of(before)));
                    }
                    if before != head && join_body(&mut member_of, before, head) {
                        body.push(before);
                    }
                }
            }
            let inner = body.iter().filter_map(|node| self.depth.get(*node)).max();
            let depth = inner.copied().unwrap_or(0).saturating_add(1);
            for node in body {
                if let Some(slot) = self.head.get_mut(node) {
                    *slot = head;
                }
            }
            if let Some(slot) = self.depth.get_mut(head) {
                *slot = depth;
            }
            if max_depth.is_some_and(|max| depth > max) {
                return Err((StatusCode::LoopMaxDepthReached, self.block_of(head)));
            }
        }
        Ok(())
    }

    fn block_of(&self, number: usize) -> BlockId {
        self.block.get(number).copied().unwrap_or(0)
    }

    /// The head of the outermost loop found so far that a block is in, or itself. Halves the way
    /// for the next time.
    fn outermost(&mut self, mut node: usize) -> usize {
        while let Some(&up) = self.head.get(node) {
            if up == node {
                break;
            }
            let above = self.head.get(up).copied().unwrap_or(up);
            if let Some(slot) = self.head.get_mut(node) {
                *slot = above;
            }
            node = above;
        }
        node
    }
}

fn join_body(member_of: &mut [usize], node: usize, head: usize) -> bool {
    match member_of.get_mut(node) {
        Some(slot) if *slot != head => {
            *slot = head;
            true
        }
        _ => false,
    }
}
