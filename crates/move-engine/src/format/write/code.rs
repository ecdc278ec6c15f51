//! Function bodies.

use super::sink::Sink;
use crate::{
    VmResult,
    format::{BYTECODE_COUNT_MAX, Bytecode, CodeUnit},
};

pub(super) fn code_unit(sink: &mut Sink, unit: &CodeUnit) -> VmResult<()> {
    sink.index(unit.locals.0);
    sink.count(
        unit.code.len(),
        BYTECODE_COUNT_MAX,
        "a function has too many instructions",
    )?;
    unit.code.iter().try_for_each(|i| instruction(sink, i))
}

fn instruction(sink: &mut Sink, instruction: &Bytecode) -> VmResult<()> {
    use Bytecode as B;
    let opcode = instruction.opcode();
    sink.since(
        opcode.since(),
        "an instruction needs a later version of the format",
    )?;
    sink.u8(opcode as u8);
    match instruction {
        B::BrTrue(n) | B::BrFalse(n) | B::Branch(n) => sink.index(*n),
        B::LdU8(n) => sink.u8(*n),
        B::LdU16(n) => sink.raw(&n.to_le_bytes()),
        B::LdU32(n) => sink.raw(&n.to_le_bytes()),
        B::LdU64(n) => sink.raw(&n.to_le_bytes()),
        B::LdU128(n) => sink.raw(&n.to_le_bytes()),
        B::LdU256(n) | B::LdI256(n) => sink.raw(&n.to_le_bytes::<32>()),
        B::LdI8(n) => sink.raw(&n.to_le_bytes()),
        B::LdI16(n) => sink.raw(&n.to_le_bytes()),
        B::LdI32(n) => sink.raw(&n.to_le_bytes()),
        B::LdI64(n) => sink.raw(&n.to_le_bytes()),
        B::LdI128(n) => sink.raw(&n.to_le_bytes()),
        B::CopyLoc(n) | B::MoveLoc(n) | B::StLoc(n) | B::MutBorrowLoc(n) | B::ImmBorrowLoc(n) => {
            sink.uleb(u64::from(*n));
        }
        B::LdConst(i) => sink.index(i.0),
        B::MutBorrowField(i) | B::ImmBorrowField(i) => sink.index(i.0),
        B::MutBorrowFieldGeneric(i) | B::ImmBorrowFieldGeneric(i) => sink.index(i.0),
        B::MutBorrowVariantField(i) | B::ImmBorrowVariantField(i) => sink.index(i.0),
        B::MutBorrowVariantFieldGeneric(i) | B::ImmBorrowVariantFieldGeneric(i) => {
            sink.index(i.0);
        }
        B::Call(i) => sink.index(i.0),
        B::CallGeneric(i) => sink.index(i.0),
        B::Pack(i)
        | B::Unpack(i)
        | B::Exists(i)
        | B::MutBorrowGlobal(i)
        | B::ImmBorrowGlobal(i)
        | B::MoveFrom(i)
        | B::MoveTo(i) => sink.index(i.0),
        B::PackGeneric(i)
        | B::UnpackGeneric(i)
        | B::ExistsGeneric(i)
        | B::MutBorrowGlobalGeneric(i)
        | B::ImmBorrowGlobalGeneric(i)
        | B::MoveFromGeneric(i)
        | B::MoveToGeneric(i) => sink.index(i.0),
        B::PackVariant(i) | B::UnpackVariant(i) | B::TestVariant(i) => sink.index(i.0),
        B::PackVariantGeneric(i) | B::UnpackVariantGeneric(i) | B::TestVariantGeneric(i) => {
            sink.index(i.0);
        }
        B::VecLen(i)
        | B::VecImmBorrow(i)
        | B::VecMutBorrow(i)
        | B::VecPushBack(i)
        | B::VecPopBack(i)
        | B::VecSwap(i)
        | B::CallClosure(i) => sink.index(i.0),
        B::VecPack(i, n) | B::VecUnpack(i, n) => {
            sink.index(i.0);
            sink.raw(&n.to_le_bytes());
        }
        B::PackClosure(i, mask) => {
            sink.index(i.0);
            sink.uleb(mask.0);
        }
        B::PackClosureGeneric(i, mask) => {
            sink.index(i.0);
            sink.uleb(mask.0);
        }
        B::Pop
        | B::Ret
        | B::CastU8
        | B::CastU16
        | B::CastU32
        | B::CastU64
        | B::CastU128
        | B::CastU256
        | B::CastI8
        | B::CastI16
        | B::CastI32
        | B::CastI64
        | B::CastI128
        | B::CastI256
        | B::LdTrue
        | B::LdFalse
        | B::ReadRef
        | B::WriteRef
        | B::FreezeRef
        | B::Add
        | B::Sub
        | B::Mul
        | B::Mod
        | B::Div
        | B::Negate
        | B::BitOr
        | B::BitAnd
        | B::Xor
        | B::Shl
        | B::Shr
        | B::Or
        | B::And
        | B::Not
        | B::Eq
        | B::Neq
        | B::Lt
        | B::Gt
        | B::Le
        | B::Ge
        | B::Abort
        | B::AbortMsg
        | B::Nop => {}
    }
    Ok(())
}
