//! Basic blocks of a function body and where each may continue.

use alloc::{vec, vec::Vec};

use crate::format::Bytecode;

/// The number of a basic block, in the order of the code.
pub(super) type BlockId = usize;

/// Instructions that run one after the other: control enters at the first, leaves at the last.
struct Block {
    start: u16,
    end: u16,
    successors: Vec<BlockId>,
}

/// The control-flow graph. All code belongs to some block, also what is never reached.
pub(super) struct ControlFlowGraph {
    blocks: Vec<Block>,
    /// Reached blocks, each after its predecessors except along back edges.
    order: Vec<BlockId>,
    /// Where in `order` a block stands.
    position: Vec<Option<usize>>,
    back_edges: usize,
}

impl ControlFlowGraph {
    /// Of any code; targets beyond the end are ignored.
    pub(super) fn new(code: &[Bytecode]) -> Self {
        let blocks = split(code);
        let mut graph = Self {
            order: Vec::with_capacity(blocks.len()),
            position: vec![None; blocks.len()],
            blocks,
            back_edges: 0,
        };
        graph.explore();
        graph
    }

    /// How many blocks there are, reached or not.
    pub(super) fn block_count(&self) -> usize {
        self.blocks.len()
    }

    /// How many edges go back to a block that is being explored when they are met.
    pub(super) fn back_edge_count(&self) -> usize {
        self.back_edges
    }

    /// The first and the last instruction of every block, in the order of the code.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (u16, u16)> {
        self.blocks.iter().map(|block| (block.start, block.end))
    }

    /// The first and the last instruction of a block.
    pub(super) fn range(&self, block: BlockId) -> Option<(u16, u16)> {
        self.blocks.get(block).map(|b| (b.start, b.end))
    }

    /// Where a block may continue, in the order of the code.
    pub(super) fn successors(&self, block: BlockId) -> &[BlockId] {
        self.blocks
            .get(block)
            .map_or(&[], |block| block.successors.as_slice())
    }

    /// Reached blocks, each after its predecessors except along back edges.
    pub(super) fn order(&self) -> &[BlockId] {
        &self.order
    }

    /// Where a block stands in [`Self::order`].
    pub(super) fn position(&self, block: BlockId) -> Option<usize> {
        self.position.get(block).copied().flatten()
    }

    /// Depth first from the entry, without recursion; the order is that of leaving, reversed.
    fn explore(&mut self) {
        #[derive(Clone, Copy, PartialEq)]
        enum Mark {
            New,
            Open,
            Done,
        }
        let mut marks = vec![Mark::New; self.blocks.len()];
        let mut stack: Vec<BlockId> = Vec::new();
        if !self.blocks.is_empty() {
            stack.push(0);
        }
        while let Some(block) = stack.pop() {
            let Some(mark) = marks.get_mut(block) else {
                continue;
            };
            match mark {
                Mark::Done => {}
                Mark::Open => {
                    *mark = Mark::Done;
                    self.order.push(block);
                }
                Mark::New => {
                    *mark = Mark::Open;
                    stack.push(block);
                    let successors = self
                        .blocks
                        .get(block)
                        .map_or(&[][..], |b| b.successors.as_slice());
                    for &successor in successors {
                        match marks.get(successor) {
                            Some(Mark::New) => stack.push(successor),
                            Some(Mark::Open) => {
                                self.back_edges = self.back_edges.saturating_add(1);
                            }
                            Some(Mark::Done) | None => {}
                        }
                    }
                }
            }
        }
        self.order.reverse();
        for (position, &block) in self.order.iter().enumerate() {
            if let Some(slot) = self.position.get_mut(block) {
                *slot = Some(position);
            }
        }
    }
}

/// Whether control does not simply go on to the next instruction.
fn ends_block(instruction: &Bytecode) -> bool {
    instruction.is_unconditional_exit() || instruction.branch_target().is_some()
}

fn split(code: &[Bytecode]) -> Vec<Block> {
    let mut starts = vec![false; code.len()];
    let mut mark = |offset: usize| {
        if let Some(slot) = starts.get_mut(offset) {
            *slot = true;
        }
    };
    mark(0);
    for (offset, instruction) in code.iter().enumerate() {
        if let Some(target) = instruction.branch_target() {
            mark(usize::from(target));
        }
        if ends_block(instruction) {
            mark(offset.saturating_add(1));
        }
    }
    let mut block_of = Vec::with_capacity(code.len());
    let mut blocks: Vec<Block> = Vec::new();
    for (offset, starts) in starts.iter().enumerate() {
        let offset = u16::try_from(offset).unwrap_or(u16::MAX);
        match blocks.last_mut() {
            Some(block) if !starts => block.end = offset,
            _ => blocks.push(Block {
                start: offset,
                end: offset,
                successors: Vec::new(),
            }),
        }
        block_of.push(blocks.len().saturating_sub(1));
    }
    for block in &mut blocks {
        let end = usize::from(block.end);
        let Some(last) = code.get(end) else { continue };
        if !last.is_unconditional_exit() {
            block
                .successors
                .extend(block_of.get(end.saturating_add(1)).copied());
        }
        if let Some(target) = last.branch_target() {
            block
                .successors
                .extend(block_of.get(usize::from(target)).copied());
        }
        block.successors.sort_unstable();
        block.successors.dedup();
    }
    blocks
}
