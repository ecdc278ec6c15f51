//! Instructions with every operand resolved for one instance of a function: type parameters are
//! replaced, handles looked up, and the types of stack operands written down. Both interpreters
//! start from these.

use alloc::{boxed::Box, sync::Arc};

use super::{Integer, Type};
use crate::{U256, format::ClosureMask};

/// A function with its type arguments, by number in [`Code`](super::Code).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceId(pub(crate) u32);

/// Operations on two integers of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    /// Sum.
    Add,
    /// Difference.
    Sub,
    /// Product.
    Mul,
    /// Quotient, towards zero.
    Div,
    /// Remainder, with the sign of the dividend.
    Mod,
    /// Bitwise or.
    BitOr,
    /// Bitwise and.
    BitAnd,
    /// Bitwise exclusive or.
    Xor,
    /// Shift left by a `u8`.
    Shl,
    /// Shift right by a `u8`.
    Shr,
}

/// Comparisons of two integers of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `<`
    Lt,
    /// `>`
    Gt,
    /// `<=`
    Le,
    /// `>=`
    Ge,
}

/// A resolved instruction. Positions in the code are those of the bytecode: one `Op` for each.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "operands are named after what they are; see `format::Bytecode`"
)]
pub enum Op {
    Pop(Type),
    Ret,
    BrTrue(u16),
    BrFalse(u16),
    Branch(u16),
    /// The value's bits, in two's complement if the type is signed; those above its width are zero.
    LoadInteger(Integer, Box<U256>),
    LoadBool(bool),
    /// A constant of another type, in BCS.
    LoadConstant(Type, Arc<[u8]>),
    Cast {
        from: Integer,
        to: Integer,
    },
    CopyLoc(u8),
    MoveLoc(u8),
    StLoc(u8),
    BorrowLoc {
        local: u8,
        mutable: bool,
    },
    /// The field of a struct (no variants), or of an enum whose variant must be among these.
    BorrowField {
        of: Type,
        variants: Option<Box<[u16]>>,
        field: u16,
        mutable: bool,
    },
    Call(InstanceId),
    Pack {
        of: Type,
        variant: Option<u16>,
    },
    Unpack {
        of: Type,
        variant: Option<u16>,
    },
    TestVariant {
        of: Type,
        variant: u16,
    },
    /// Of a reference to a value of the type.
    ReadRef(Type),
    /// Of a reference to a value of the type.
    WriteRef(Type),
    FreezeRef,
    Arithmetic(Arithmetic, Integer),
    Compare(Comparison, Integer),
    Negate(Integer),
    And,
    Or,
    Not,
    /// Of two operands of the type, which may be a reference.
    Eq(Type),
    /// Of two operands of the type, which may be a reference.
    Neq(Type),
    Abort,
    AbortMsg,
    Nop,
    Exists(Type),
    BorrowGlobal {
        of: Type,
        mutable: bool,
    },
    MoveFrom(Type),
    MoveTo(Type),
    VecPack {
        element: Type,
        count: u64,
    },
    VecLen {
        element: Type,
    },
    VecBorrow {
        element: Type,
        mutable: bool,
    },
    VecPushBack {
        element: Type,
    },
    VecPopBack {
        element: Type,
    },
    VecUnpack {
        element: Type,
        count: u64,
    },
    VecSwap {
        element: Type,
    },
    PackClosure {
        function: InstanceId,
        mask: ClosureMask,
    },
    /// The operand's function type.
    CallClosure(Type),
}

/// The resolved body of an instance.
#[derive(Clone, Debug)]
pub struct Body {
    /// One for each instruction of the bytecode.
    pub ops: Box<[Op]>,
    /// The static gas of the basic block that starts at an instruction; 0 inside blocks. It is
    /// charged when control enters the block, in both interpreters alike.
    pub block_cost: Box<[u64]>,
    /// Whether a basic block starts at an instruction. Branches that are never reached count too.
    pub leaders: Box<[bool]>,
    /// The most values that are on the operand stack at once.
    pub max_stack: u16,
}
