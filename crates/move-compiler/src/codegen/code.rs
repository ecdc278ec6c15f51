//! Code while it is made: instructions with labels instead of offsets, and uses of locals for which
//! it is still open whether they copy or move.

use lumio_move_engine::format::Bytecode;

use crate::{Span, Symbol, types::Type};

/// A place in the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Label(pub(crate) u32);

/// An instruction, or something that becomes one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    /// An instruction without a target. Jumps and locals have their own below.
    Code(Bytecode),
    Label(Label),
    Jump(Label),
    JumpTrue(Label),
    JumpFalse(Label),
    /// The value of a local: copied or moved, as liveness says.
    Use(u16),
    Copy(u16),
    Move(u16),
    Store(u16),
    Borrow {
        local: u16,
        mutable: bool,
    },
}

/// An instruction with what it does to the operand stack.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) op: Op,
    /// How many operands it takes.
    pub(crate) pops: usize,
    /// Whether each of its results is a reference.
    pub(crate) pushes: Vec<bool>,
    pub(crate) span: Span,
}

impl Op {
    /// Whether the instruction never goes on to the next.
    pub(crate) fn ends(&self) -> bool {
        matches!(
            self,
            Self::Jump(_) | Self::Code(Bytecode::Ret | Bytecode::Abort | Bytecode::AbortMsg)
        )
    }

    /// The local whose value it needs.
    pub(crate) fn read(&self) -> Option<u16> {
        match self {
            Self::Use(local) | Self::Copy(local) | Self::Move(local) => Some(*local),
            Self::Borrow { local, .. } => Some(*local),
            _ => None,
        }
    }

    /// The local that it mentions.
    pub(crate) fn local(&self) -> Option<u16> {
        match self {
            Self::Store(local) => Some(*local),
            other => other.read(),
        }
    }

    /// Where it may jump.
    pub(crate) fn target(&self) -> Option<Label> {
        match self {
            Self::Jump(label) | Self::JumpTrue(label) | Self::JumpFalse(label) => Some(*label),
            _ => None,
        }
    }
}

/// A local while code is made.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    /// Its name; that of a temporary begins with `$`.
    pub(crate) name: Symbol,
    pub(crate) ty: Type,
    pub(crate) copyable: bool,
    pub(crate) droppable: bool,
}

impl Slot {
    pub(crate) fn is_reference(&self) -> bool {
        matches!(self.ty, Type::Reference { .. })
    }
}

/// A function's code before it is optimised.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) steps: Vec<Step>,
    pub(crate) slots: Vec<Slot>,
    /// How many of the locals are parameters.
    pub(crate) parameters: usize,
    pub(crate) next_label: u32,
}

impl Draft {
    pub(crate) fn label(&mut self) -> Label {
        let label = Label(self.next_label);
        self.next_label = label.0.saturating_add(1);
        label
    }
}
