//! The 104 instructions, with opcode, first version and name of each.

use alloc::boxed::Box;

use super::{
    ConstantIndex, FieldHandleIndex, FieldInstIndex, FunctionHandleIndex, FunctionInstIndex,
    SignatureIndex, StructDefIndex, StructInstIndex, StructVariantHandleIndex,
    StructVariantInstIndex, VariantFieldHandleIndex, VariantFieldInstIndex,
};
use crate::U256;

/// Which parameters of a function a closure captures: bit *n* for parameter *n*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClosureMask(pub u64);

impl ClosureMask {
    /// Whether the parameter is captured. Those from 64 on never are.
    pub fn captures(self, parameter: usize) -> bool {
        parameter < 64 && self.0 >> parameter & 1 == 1
    }

    /// How many are captured.
    pub fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// One more than the highest captured parameter, 0 if none is.
    pub fn end(self) -> usize {
        64_usize.saturating_sub(self.0.leading_zeros() as usize)
    }
}

macro_rules! instructions {
    ($($(#[$doc:meta])* $name:ident $(($($operand:ty),*))? = $opcode:literal, $since:literal, $text:literal;)*) => {
        /// An instruction. `u16` operands of branches are positions in the code, `u8` operands of
        /// local instructions are numbers of locals.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum Bytecode {
            $($(#[$doc])* $name $(($($operand),*))?,)*
        }

        /// An instruction without its operands.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Opcode {
            $($(#[$doc])* $name = $opcode,)*
        }

        impl Opcode {
            /// All, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The opcode with that byte.
            pub fn from_byte(byte: u8) -> Option<Self> {
                match byte {
                    $($opcode => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// The first version of the format that has it.
            pub fn since(self) -> u32 {
                match self {
                    $(Self::$name => $since,)*
                }
            }

            /// The name in the text form and in the gas schedule.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }

        impl Bytecode {
            /// The instruction without its operands.
            pub fn opcode(&self) -> Opcode {
                match self {
                    $(Self::$name { .. } => Opcode::$name,)*
                }
            }
        }
    };
}

instructions! {
    /// Discards the top of the stack.
    Pop = 0x01, 5, "pop";
    /// Returns what is on the stack.
    Ret = 0x02, 5, "ret";
    /// Goes to an instruction if the top is true.
    BrTrue(u16) = 0x03, 5, "br_true";
    /// Goes to an instruction if the top is false.
    BrFalse(u16) = 0x04, 5, "br_false";
    /// Goes to an instruction.
    Branch(u16) = 0x05, 5, "branch";
    /// Pushes a `u8`.
    LdU8(u8) = 0x31, 5, "ld_u8";
    /// Pushes a `u16`.
    LdU16(u16) = 0x48, 6, "ld_u16";
    /// Pushes a `u32`.
    LdU32(u32) = 0x49, 6, "ld_u32";
    /// Pushes a `u64`.
    LdU64(u64) = 0x06, 5, "ld_u64";
    /// Pushes a `u128`.
    LdU128(Box<u128>) = 0x32, 5, "ld_u128";
    /// Pushes a `u256`.
    LdU256(Box<U256>) = 0x4a, 6, "ld_u256";
    /// Pushes an `i8`.
    LdI8(i8) = 0x5b, 9, "ld_i8";
    /// Pushes an `i16`.
    LdI16(i16) = 0x5c, 9, "ld_i16";
    /// Pushes an `i32`.
    LdI32(i32) = 0x5d, 9, "ld_i32";
    /// Pushes an `i64`.
    LdI64(i64) = 0x5e, 9, "ld_i64";
    /// Pushes an `i128`.
    LdI128(Box<i128>) = 0x5f, 9, "ld_i128";
    /// Pushes an `i256`, given in two's complement.
    LdI256(Box<U256>) = 0x60, 9, "ld_i256";
    /// Converts the top to `u8`, or fails if it does not fit.
    CastU8 = 0x33, 5, "cast_u8";
    /// Converts the top to `u16`, or fails if it does not fit.
    CastU16 = 0x4b, 6, "cast_u16";
    /// Converts the top to `u32`, or fails if it does not fit.
    CastU32 = 0x4c, 6, "cast_u32";
    /// Converts the top to `u64`, or fails if it does not fit.
    CastU64 = 0x34, 5, "cast_u64";
    /// Converts the top to `u128`, or fails if it does not fit.
    CastU128 = 0x35, 5, "cast_u128";
    /// Converts the top to `u256`, or fails if it does not fit.
    CastU256 = 0x4d, 6, "cast_u256";
    /// Converts the top to `i8`, or fails if it does not fit.
    CastI8 = 0x61, 9, "cast_i8";
    /// Converts the top to `i16`, or fails if it does not fit.
    CastI16 = 0x62, 9, "cast_i16";
    /// Converts the top to `i32`, or fails if it does not fit.
    CastI32 = 0x63, 9, "cast_i32";
    /// Converts the top to `i64`, or fails if it does not fit.
    CastI64 = 0x64, 9, "cast_i64";
    /// Converts the top to `i128`, or fails if it does not fit.
    CastI128 = 0x65, 9, "cast_i128";
    /// Converts the top to `i256`, or fails if it does not fit.
    CastI256 = 0x66, 9, "cast_i256";
    /// Pushes a constant.
    LdConst(ConstantIndex) = 0x07, 5, "ld_const";
    /// Pushes `true`.
    LdTrue = 0x08, 5, "ld_true";
    /// Pushes `false`.
    LdFalse = 0x09, 5, "ld_false";
    /// Pushes a copy of a local.
    CopyLoc(u8) = 0x0a, 5, "copy_loc";
    /// Pushes a local, which is then unavailable.
    MoveLoc(u8) = 0x0b, 5, "move_loc";
    /// Stores the top into a local.
    StLoc(u8) = 0x0c, 5, "st_loc";
    /// Pushes a mutable reference to a local.
    MutBorrowLoc(u8) = 0x0d, 5, "mut_borrow_loc";
    /// Pushes a reference to a local.
    ImmBorrowLoc(u8) = 0x0e, 5, "imm_borrow_loc";
    /// Replaces a reference by a mutable one to a field.
    MutBorrowField(FieldHandleIndex) = 0x0f, 5, "mut_borrow_field";
    /// As `MutBorrowField`, of a generic struct.
    MutBorrowFieldGeneric(FieldInstIndex) = 0x36, 5, "mut_borrow_field_generic";
    /// Replaces a reference by one to a field.
    ImmBorrowField(FieldHandleIndex) = 0x10, 5, "imm_borrow_field";
    /// As `ImmBorrowField`, of a generic struct.
    ImmBorrowFieldGeneric(FieldInstIndex) = 0x37, 5, "imm_borrow_field_generic";
    /// As `MutBorrowField`, of an enum; fails if the variant is another.
    MutBorrowVariantField(VariantFieldHandleIndex) = 0x4f, 7, "mut_borrow_variant_field";
    /// As `MutBorrowVariantField`, of a generic enum.
    MutBorrowVariantFieldGeneric(VariantFieldInstIndex) = 0x51, 7, "mut_borrow_variant_field_generic";
    /// As `ImmBorrowField`, of an enum; fails if the variant is another.
    ImmBorrowVariantField(VariantFieldHandleIndex) = 0x4e, 7, "imm_borrow_variant_field";
    /// As `ImmBorrowVariantField`, of a generic enum.
    ImmBorrowVariantFieldGeneric(VariantFieldInstIndex) = 0x50, 7, "imm_borrow_variant_field_generic";
    /// Calls a function with arguments from the stack.
    Call(FunctionHandleIndex) = 0x11, 5, "call";
    /// As `Call`, with type arguments.
    CallGeneric(FunctionInstIndex) = 0x38, 5, "call_generic";
    /// Makes a struct of its fields on the stack.
    Pack(StructDefIndex) = 0x12, 5, "pack";
    /// As `Pack`, with type arguments.
    PackGeneric(StructInstIndex) = 0x39, 5, "pack_generic";
    /// Makes a variant of an enum.
    PackVariant(StructVariantHandleIndex) = 0x52, 7, "pack_variant";
    /// As `PackVariant`, with type arguments.
    PackVariantGeneric(StructVariantInstIndex) = 0x53, 7, "pack_variant_generic";
    /// Takes a struct apart into its fields.
    Unpack(StructDefIndex) = 0x13, 5, "unpack";
    /// As `Unpack`, with type arguments.
    UnpackGeneric(StructInstIndex) = 0x3a, 5, "unpack_generic";
    /// Takes a variant apart; fails if the variant is another.
    UnpackVariant(StructVariantHandleIndex) = 0x54, 7, "unpack_variant";
    /// As `UnpackVariant`, with type arguments.
    UnpackVariantGeneric(StructVariantInstIndex) = 0x55, 7, "unpack_variant_generic";
    /// Whether a reference points to the variant.
    TestVariant(StructVariantHandleIndex) = 0x56, 7, "test_variant";
    /// As `TestVariant`, with type arguments.
    TestVariantGeneric(StructVariantInstIndex) = 0x57, 7, "test_variant_generic";
    /// Replaces a reference by a copy of what it points to.
    ReadRef = 0x14, 5, "read_ref";
    /// Writes through a mutable reference (top) the value below it.
    WriteRef = 0x15, 5, "write_ref";
    /// Makes a mutable reference immutable.
    FreezeRef = 0x2e, 5, "freeze_ref";
    /// Sum; fails on overflow.
    Add = 0x16, 5, "add";
    /// Difference; fails on overflow.
    Sub = 0x17, 5, "sub";
    /// Product; fails on overflow.
    Mul = 0x18, 5, "mul";
    /// Remainder; fails on zero.
    Mod = 0x19, 5, "mod";
    /// Quotient towards zero; fails on zero and on overflow.
    Div = 0x1a, 5, "div";
    /// Negative of a signed integer; fails on overflow.
    Negate = 0x67, 9, "negate";
    /// Bitwise or.
    BitOr = 0x1b, 5, "bit_or";
    /// Bitwise and.
    BitAnd = 0x1c, 5, "bit_and";
    /// Bitwise exclusive or.
    Xor = 0x1d, 5, "xor";
    /// Shift left by a `u8`; fails if it is not below the width.
    Shl = 0x2f, 5, "shl";
    /// Shift right by a `u8`; fails if it is not below the width.
    Shr = 0x30, 5, "shr";
    /// Logical or.
    Or = 0x1e, 5, "or";
    /// Logical and.
    And = 0x1f, 5, "and";
    /// Logical not.
    Not = 0x20, 5, "not";
    /// Equality of values, or of what two references point to.
    Eq = 0x21, 5, "eq";
    /// Inequality.
    Neq = 0x22, 5, "neq";
    /// Less than, of integers.
    Lt = 0x23, 5, "lt";
    /// Greater than, of integers.
    Gt = 0x24, 5, "gt";
    /// Less than or equal, of integers.
    Le = 0x25, 5, "le";
    /// Greater than or equal, of integers.
    Ge = 0x26, 5, "ge";
    /// Fails with the `u64` on the stack as code.
    Abort = 0x27, 5, "abort";
    /// Fails with a code and a message (top, UTF-8) (AIP-138).
    AbortMsg = 0x68, 10, "abort_msg";
    /// Does nothing.
    Nop = 0x28, 5, "nop";
    /// Whether an address holds the resource.
    Exists(StructDefIndex) = 0x29, 5, "exists";
    /// As `Exists`, with type arguments.
    ExistsGeneric(StructInstIndex) = 0x3b, 5, "exists_generic";
    /// Pushes a mutable reference to an address's resource.
    MutBorrowGlobal(StructDefIndex) = 0x2a, 5, "mut_borrow_global";
    /// As `MutBorrowGlobal`, with type arguments.
    MutBorrowGlobalGeneric(StructInstIndex) = 0x3c, 5, "mut_borrow_global_generic";
    /// Pushes a reference to an address's resource.
    ImmBorrowGlobal(StructDefIndex) = 0x2b, 5, "imm_borrow_global";
    /// As `ImmBorrowGlobal`, with type arguments.
    ImmBorrowGlobalGeneric(StructInstIndex) = 0x3d, 5, "imm_borrow_global_generic";
    /// Takes a resource away from an address.
    MoveFrom(StructDefIndex) = 0x2c, 5, "move_from";
    /// As `MoveFrom`, with type arguments.
    MoveFromGeneric(StructInstIndex) = 0x3e, 5, "move_from_generic";
    /// Puts the resource (top) at a signer's address.
    MoveTo(StructDefIndex) = 0x2d, 5, "move_to";
    /// As `MoveTo`, with type arguments.
    MoveToGeneric(StructInstIndex) = 0x3f, 5, "move_to_generic";
    /// Makes a vector of so many elements.
    VecPack(SignatureIndex, u64) = 0x40, 5, "vec_pack";
    /// Length of the vector that a reference points to.
    VecLen(SignatureIndex) = 0x41, 5, "vec_len";
    /// Reference to an element.
    VecImmBorrow(SignatureIndex) = 0x42, 5, "vec_imm_borrow";
    /// Mutable reference to an element.
    VecMutBorrow(SignatureIndex) = 0x43, 5, "vec_mut_borrow";
    /// Appends an element.
    VecPushBack(SignatureIndex) = 0x44, 5, "vec_push_back";
    /// Takes the last element.
    VecPopBack(SignatureIndex) = 0x45, 5, "vec_pop_back";
    /// Takes a vector of just so many elements apart.
    VecUnpack(SignatureIndex, u64) = 0x46, 5, "vec_unpack";
    /// Swaps two elements.
    VecSwap(SignatureIndex) = 0x47, 5, "vec_swap";
    /// Makes a function value that captures the masked arguments.
    PackClosure(FunctionHandleIndex, ClosureMask) = 0x58, 8, "pack_closure";
    /// As `PackClosure`, with type arguments.
    PackClosureGeneric(FunctionInstIndex, ClosureMask) = 0x59, 8, "pack_closure_generic";
    /// Calls the function value on the top.
    CallClosure(SignatureIndex) = 0x5a, 8, "call_closure";
}

impl Bytecode {
    /// Where it may go other than to the next instruction.
    pub fn branch_target(&self) -> Option<u16> {
        if let Self::Branch(to) | Self::BrTrue(to) | Self::BrFalse(to) = self {
            Some(*to)
        } else {
            None
        }
    }

    /// Whether the next instruction is never reached from it.
    pub fn is_unconditional_exit(&self) -> bool {
        matches!(
            self,
            Self::Ret | Self::Abort | Self::AbortMsg | Self::Branch(_)
        )
    }
}
