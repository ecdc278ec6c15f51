//! Function bodies.

use alloc::{boxed::Box, vec::Vec};

use super::cursor::{Cursor, malformed};
use crate::{
    StatusCode, VmResult,
    format::{
        BYTECODE_COUNT_MAX, Bytecode, ClosureMask, CodeUnit, ConstantIndex, FieldHandleIndex,
        FieldInstIndex, FunctionHandleIndex, FunctionInstIndex, Opcode, SignatureIndex,
        StructDefIndex, StructInstIndex, StructVariantHandleIndex, StructVariantInstIndex,
        VariantFieldHandleIndex, VariantFieldInstIndex,
    },
};

pub(super) fn code_unit(cursor: &mut Cursor<'_>) -> VmResult<CodeUnit> {
    let locals = SignatureIndex(cursor.index()?);
    let count = cursor.count(
        BYTECODE_COUNT_MAX,
        "a function has more than 65535 instructions",
    )?;
    let mut code = Vec::with_capacity(cursor.capacity(count));
    for _ in 0..count {
        code.push(instruction(cursor)?);
    }
    Ok(CodeUnit { locals, code })
}

/// The number of a local, or the distance of an `i8`: one byte's worth of a number.
fn local(cursor: &mut Cursor<'_>) -> VmResult<u8> {
    u8::try_from(cursor.uleb()?).map_err(|_| malformed("a local's number exceeds 255"))
}

macro_rules! operand {
    ($cursor:ident, $name:ident) => {
        Bytecode::$name
    };
    ($cursor:ident, $name:ident, $index:ident) => {
        Bytecode::$name($index($cursor.index()?))
    };
}

fn instruction(cursor: &mut Cursor<'_>) -> VmResult<Bytecode> {
    let opcode = Opcode::from_byte(cursor.u8()?).ok_or(StatusCode::UnknownOpcode)?;
    cursor.since(
        opcode.since(),
        "an instruction needs a later version of the format",
    )?;
    macro_rules! read {
        ($($plain:ident)*; $($indexed:ident $index:ident)*; $($other:pat => $value:expr,)*) => {
            match opcode {
                $(Opcode::$plain => operand!(cursor, $plain),)*
                $(Opcode::$indexed => operand!(cursor, $indexed, $index),)*
                $($other => $value,)*
            }
        };
    }
    Ok(read! {
        Pop Ret CastU8 CastU16 CastU32 CastU64 CastU128 CastU256 CastI8 CastI16 CastI32 CastI64
        CastI128 CastI256 LdTrue LdFalse ReadRef WriteRef FreezeRef Add Sub Mul Mod Div Negate
        BitOr BitAnd Xor Shl Shr Or And Not Eq Neq Lt Gt Le Ge Abort AbortMsg Nop;

        LdConst ConstantIndex
        MutBorrowField FieldHandleIndex MutBorrowFieldGeneric FieldInstIndex
        ImmBorrowField FieldHandleIndex ImmBorrowFieldGeneric FieldInstIndex
        MutBorrowVariantField VariantFieldHandleIndex
        MutBorrowVariantFieldGeneric VariantFieldInstIndex
        ImmBorrowVariantField VariantFieldHandleIndex
        ImmBorrowVariantFieldGeneric VariantFieldInstIndex
        Call FunctionHandleIndex CallGeneric FunctionInstIndex
        Pack StructDefIndex PackGeneric StructInstIndex
        PackVariant StructVariantHandleIndex PackVariantGeneric StructVariantInstIndex
        Unpack StructDefIndex UnpackGeneric StructInstIndex
        UnpackVariant StructVariantHandleIndex UnpackVariantGeneric StructVariantInstIndex
        TestVariant StructVariantHandleIndex TestVariantGeneric StructVariantInstIndex
        Exists StructDefIndex ExistsGeneric StructInstIndex
        MutBorrowGlobal StructDefIndex MutBorrowGlobalGeneric StructInstIndex
        ImmBorrowGlobal StructDefIndex ImmBorrowGlobalGeneric StructInstIndex
        MoveFrom StructDefIndex MoveFromGeneric StructInstIndex
        MoveTo StructDefIndex MoveToGeneric StructInstIndex
        VecLen SignatureIndex VecImmBorrow SignatureIndex VecMutBorrow SignatureIndex
        VecPushBack SignatureIndex VecPopBack SignatureIndex VecSwap SignatureIndex
        CallClosure SignatureIndex;

        Opcode::BrTrue => Bytecode::BrTrue(cursor.index()?),
        Opcode::BrFalse => Bytecode::BrFalse(cursor.index()?),
        Opcode::Branch => Bytecode::Branch(cursor.index()?),
        Opcode::LdU8 => Bytecode::LdU8(cursor.u8()?),
        Opcode::LdU16 => Bytecode::LdU16(cursor.u16()?),
        Opcode::LdU32 => Bytecode::LdU32(cursor.u32()?),
        Opcode::LdU64 => Bytecode::LdU64(cursor.u64()?),
        Opcode::LdU128 => Bytecode::LdU128(Box::new(cursor.u128()?)),
        Opcode::LdU256 => Bytecode::LdU256(Box::new(cursor.u256()?)),
        Opcode::LdI8 => Bytecode::LdI8(cursor.u8()?.cast_signed()),
        Opcode::LdI16 => Bytecode::LdI16(cursor.u16()?.cast_signed()),
        Opcode::LdI32 => Bytecode::LdI32(cursor.u32()?.cast_signed()),
        Opcode::LdI64 => Bytecode::LdI64(cursor.u64()?.cast_signed()),
        Opcode::LdI128 => Bytecode::LdI128(Box::new(cursor.u128()?.cast_signed())),
        Opcode::LdI256 => Bytecode::LdI256(Box::new(cursor.u256()?)),
        Opcode::CopyLoc => Bytecode::CopyLoc(local(cursor)?),
        Opcode::MoveLoc => Bytecode::MoveLoc(local(cursor)?),
        Opcode::StLoc => Bytecode::StLoc(local(cursor)?),
        Opcode::MutBorrowLoc => Bytecode::MutBorrowLoc(local(cursor)?),
        Opcode::ImmBorrowLoc => Bytecode::ImmBorrowLoc(local(cursor)?),
        Opcode::VecPack => Bytecode::VecPack(SignatureIndex(cursor.index()?), cursor.u64()?),
        Opcode::VecUnpack => Bytecode::VecUnpack(SignatureIndex(cursor.index()?), cursor.u64()?),
        Opcode::PackClosure => Bytecode::PackClosure(
            FunctionHandleIndex(cursor.index()?),
            ClosureMask(cursor.uleb()?),
        ),
        Opcode::PackClosureGeneric => Bytecode::PackClosureGeneric(
            FunctionInstIndex(cursor.index()?),
            ClosureMask(cursor.uleb()?),
        ),
    })
}
