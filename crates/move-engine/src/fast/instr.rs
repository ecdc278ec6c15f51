//! Register code. Operands are slots: words of the running function's frame.

use super::shape::ShapeId;
use crate::code::{Arithmetic, Comparison, Integer};

/// A slot.
pub(super) type Slot = u16;

/// An instruction. Fixed width; targets are positions in the code of all functions.
#[derive(Clone, Copy, Debug)]
pub(super) enum Instr {
    /// Takes the static gas of a block.
    Charge(u64),
    Const {
        to: Slot,
        value: u64,
    },
    /// Words of the pool.
    ConstWords {
        to: Slot,
        pool: u32,
    },
    /// A value that is decoded from BCS of the pool.
    ConstBcs {
        to: Slot,
        pool: u32,
    },
    Zero {
        at: Slot,
        words: u16,
    },
    Move {
        to: Slot,
        from: Slot,
    },
    MoveWords {
        to: Slot,
        from: Slot,
        words: u16,
    },
    /// Moves and leaves zeros, so that nobody owns the handles twice.
    Take {
        to: Slot,
        from: Slot,
        words: u16,
    },
    Copy {
        to: Slot,
        from: Slot,
        shape: ShapeId,
    },
    Drop {
        at: Slot,
        shape: ShapeId,
    },

    Add {
        to: Slot,
        left: Slot,
        right: Slot,
    },
    Sub {
        to: Slot,
        left: Slot,
        right: Slot,
    },
    Mul {
        to: Slot,
        left: Slot,
        right: Slot,
    },
    Div {
        to: Slot,
        left: Slot,
        right: Slot,
    },
    Mod {
        to: Slot,
        left: Slot,
        right: Slot,
    },
    BitAnd {
        to: Slot,
        left: Slot,
        right: Slot,
    },
    BitOr {
        to: Slot,
        left: Slot,
        right: Slot,
    },
    Xor {
        to: Slot,
        left: Slot,
        right: Slot,
    },
    AddConst {
        to: Slot,
        left: Slot,
        right: u32,
    },
    SubConst {
        to: Slot,
        left: Slot,
        right: u32,
    },
    MulConst {
        to: Slot,
        left: Slot,
        right: u32,
    },
    AndConst {
        to: Slot,
        left: Slot,
        right: u32,
    },
    ShrConst {
        to: Slot,
        left: Slot,
        right: u32,
    },
    XorConst {
        to: Slot,
        left: Slot,
        right: u32,
    },
    DivConst {
        to: Slot,
        left: Slot,
        right: u32,
    },
    ModConst {
        to: Slot,
        left: Slot,
        right: u32,
    },
    EqualConst {
        to: Slot,
        left: Slot,
        right: u32,
    },
    NotEqualConst {
        to: Slot,
        left: Slot,
        right: u32,
    },
    /// Of unsigned integers of less than 64 bits: the result is checked against the width.
    Narrow {
        op: Arithmetic,
        bits: u8,
        to: Slot,
        left: Slot,
        right: Slot,
    },
    /// Of all types, by the specification.
    Any {
        op: Arithmetic,
        ty: Integer,
        to: Slot,
        left: Slot,
        right: Slot,
    },
    Negate {
        ty: Integer,
        to: Slot,
        from: Slot,
    },
    /// Fails unless the value has no more bits.
    Fit {
        to: Slot,
        from: Slot,
        bits: u8,
    },
    Cast {
        from_type: Integer,
        to_type: Integer,
        to: Slot,
        from: Slot,
    },
    Not {
        to: Slot,
        from: Slot,
    },

    Less {
        to: Slot,
        left: Slot,
        right: Slot,
    },
    LessEq {
        to: Slot,
        left: Slot,
        right: Slot,
    },
    Equal {
        to: Slot,
        left: Slot,
        right: Slot,
    },
    NotEqual {
        to: Slot,
        left: Slot,
        right: Slot,
    },
    Compare {
        op: Comparison,
        ty: Integer,
        to: Slot,
        left: Slot,
        right: Slot,
    },
    /// Equality of whole values, whose heap words are charged.
    SameValue {
        to: Slot,
        left: Slot,
        right: Slot,
        shape: ShapeId,
        negated: bool,
    },
    /// Equality of what two references point to.
    SameReferent {
        to: Slot,
        left: Slot,
        right: Slot,
        shape: ShapeId,
        negated: bool,
    },

    /// Goes to a target behind the charge of its block, which is taken here.
    Jump {
        target: u32,
        charge: u32,
    },
    // The others take the charge of the block that follows if they do not jump.
    JumpTrue {
        on: Slot,
        target: u32,
        charge: u32,
    },
    JumpFalse {
        on: Slot,
        target: u32,
        charge: u32,
    },
    JumpLess {
        left: Slot,
        right: Slot,
        target: u32,
        charge: u32,
    },
    JumpLessEq {
        left: Slot,
        right: Slot,
        target: u32,
        charge: u32,
    },
    JumpEqual {
        left: Slot,
        right: Slot,
        target: u32,
        charge: u32,
    },
    JumpNotEqual {
        left: Slot,
        right: Slot,
        target: u32,
        charge: u32,
    },
    JumpLessConst {
        left: Slot,
        right: u32,
        target: u32,
        charge: u32,
    },
    JumpNotLessConst {
        left: Slot,
        right: u32,
        target: u32,
        charge: u32,
    },

    /// A reference to a slot.
    RefSlot {
        to: Slot,
        slot: Slot,
    },
    RefAdd {
        to: Slot,
        from: Slot,
        offset: u32,
    },
    /// A reference into what the handle in a slot stands for.
    RefInto {
        to: Slot,
        handle: Slot,
        offset: u32,
    },
    Load {
        to: Slot,
        from: Slot,
        offset: u32,
    },
    LoadByte {
        to: Slot,
        from: Slot,
    },
    LoadWords {
        to: Slot,
        from: Slot,
        offset: u32,
        words: u16,
    },
    Store {
        at: Slot,
        offset: u32,
        value: Slot,
    },
    StoreByte {
        at: Slot,
        value: Slot,
    },
    StoreWords {
        at: Slot,
        offset: u32,
        value: Slot,
        words: u16,
    },
    CopyRef {
        to: Slot,
        from: Slot,
        shape: ShapeId,
    },
    DropRef {
        at: Slot,
        shape: ShapeId,
    },

    /// Moves words behind a handle.
    Box {
        to: Slot,
        from: Slot,
        words: u16,
    },
    Unbox {
        to: Slot,
        from: Slot,
        words: u16,
    },
    /// Fails unless the slot's variant is the one.
    CheckVariant {
        tag: Slot,
        variant: u16,
    },
    IsVariant {
        to: Slot,
        tag: Slot,
        variant: u16,
    },
    /// A reference to a field of an enum, whose offset the pool has for each variant that has it.
    BorrowVariant {
        to: Slot,
        from: Slot,
        pool: u32,
    },

    VecPack {
        to: Slot,
        from: Slot,
        count: u16,
        element: ShapeId,
    },
    VecUnpack {
        to: Slot,
        from: Slot,
        count: u32,
        element: ShapeId,
    },
    /// `words` is the size of an element, 0 for bytes.
    VecLen {
        to: Slot,
        handle: Slot,
        words: u16,
    },
    VecBorrow {
        to: Slot,
        handle: Slot,
        index: Slot,
        words: u16,
    },
    /// Reads an element of one word.
    VecGet {
        to: Slot,
        handle: Slot,
        index: Slot,
    },
    VecGetByte {
        to: Slot,
        handle: Slot,
        index: Slot,
    },
    /// Of a vector in a slot, or behind a reference.
    VecPush {
        at: Slot,
        value: Slot,
        words: u16,
    },
    VecPushRef {
        at: Slot,
        value: Slot,
        words: u16,
    },
    VecPop {
        to: Slot,
        handle: Slot,
        words: u16,
    },
    VecSwap {
        handle: Slot,
        left: Slot,
        right: Slot,
        words: u16,
    },

    Exists {
        to: Slot,
        address: Slot,
        ty: u32,
    },
    BorrowGlobal {
        to: Slot,
        address: Slot,
        ty: u32,
        mutable: bool,
    },
    MoveFrom {
        to: Slot,
        address: Slot,
        ty: u32,
    },
    MoveTo {
        signer: Slot,
        value: Slot,
        ty: u32,
    },

    /// Calls with arguments at `window`, where the results are afterwards; `operands` is how many
    /// values wait on the operand stack meanwhile.
    Call {
        function: u32,
        window: Slot,
        operands: u16,
    },
    PackClosure {
        to: Slot,
        from: Slot,
        words: u16,
        pool: u32,
    },
    /// The arguments are at `window`, the function value behind them.
    CallClosure {
        window: Slot,
        closure: Slot,
        operands: u16,
    },
    /// The results are at the frame's start.
    Return,
    /// The result is one word.
    ReturnWord {
        from: Slot,
    },
    Abort {
        code: Slot,
    },
    AbortMessage {
        code: Slot,
        message: Slot,
    },
}

impl Instr {
    /// Sets where a jump goes.
    pub(super) fn set_target(&mut self, to: u32) {
        match self {
            Self::Jump { target, .. }
            | Self::JumpTrue { target, .. }
            | Self::JumpFalse { target, .. }
            | Self::JumpLess { target, .. }
            | Self::JumpLessEq { target, .. }
            | Self::JumpEqual { target, .. }
            | Self::JumpNotEqual { target, .. }
            | Self::JumpLessConst { target, .. }
            | Self::JumpNotLessConst { target, .. } => *target = to,
            _ => {}
        }
    }

    /// What is charged if a conditional jump does not jump.
    pub(super) fn next_charge(&mut self) -> Option<&mut u32> {
        match self {
            Self::JumpTrue { charge, .. }
            | Self::JumpFalse { charge, .. }
            | Self::JumpLess { charge, .. }
            | Self::JumpLessEq { charge, .. }
            | Self::JumpEqual { charge, .. }
            | Self::JumpNotEqual { charge, .. }
            | Self::JumpLessConst { charge, .. }
            | Self::JumpNotLessConst { charge, .. } => Some(charge),
            _ => None,
        }
    }

    /// Lets an instruction that defines a slot define another one instead. Only those that read
    /// all operands before they write can be asked.
    pub(super) fn rename(&mut self, old: Slot, new: Slot) -> bool {
        match self {
            Self::Const { to, .. }
            | Self::ConstWords { to, .. }
            | Self::Add { to, .. }
            | Self::Sub { to, .. }
            | Self::Mul { to, .. }
            | Self::Div { to, .. }
            | Self::Mod { to, .. }
            | Self::BitAnd { to, .. }
            | Self::BitOr { to, .. }
            | Self::Xor { to, .. }
            | Self::AddConst { to, .. }
            | Self::SubConst { to, .. }
            | Self::MulConst { to, .. }
            | Self::AndConst { to, .. }
            | Self::XorConst { to, .. }
            | Self::ShrConst { to, .. }
            | Self::DivConst { to, .. }
            | Self::ModConst { to, .. }
            | Self::EqualConst { to, .. }
            | Self::NotEqualConst { to, .. }
            | Self::Narrow { to, .. }
            | Self::Any { to, .. }
            | Self::Negate { to, .. }
            | Self::Fit { to, .. }
            | Self::Cast { to, .. }
            | Self::Not { to, .. }
            | Self::Less { to, .. }
            | Self::LessEq { to, .. }
            | Self::Equal { to, .. }
            | Self::NotEqual { to, .. }
            | Self::Compare { to, .. }
            | Self::Load { to, .. }
            | Self::LoadByte { to, .. }
            | Self::LoadWords { to, .. }
            | Self::VecLen { to, .. }
            | Self::VecGet { to, .. }
            | Self::VecGetByte { to, .. }
                if *to == old =>
            {
                *to = new;
                true
            }
            _ => false,
        }
    }
}
