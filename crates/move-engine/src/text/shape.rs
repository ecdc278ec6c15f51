//! What operand each instruction takes, and how to make the instruction of it.

use alloc::boxed::Box;

use crate::{
    U256,
    format::{
        Bytecode, ClosureMask, FieldHandleIndex, FieldInstIndex, FunctionHandleIndex,
        FunctionInstIndex, Opcode, SignatureIndex, SignatureToken, StructDefIndex, StructInstIndex,
        StructVariantHandleIndex, StructVariantInstIndex, VariantFieldHandleIndex,
        VariantFieldInstIndex,
    },
};

/// The operand of an instruction. Where there are two ways to make it, the second is the one with
/// type arguments.
#[derive(Clone)]
pub(super) enum Shape {
    Plain(Bytecode),
    Integer(SignatureToken),
    Constant,
    Local(fn(u8) -> Bytecode),
    Branch(fn(u16) -> Bytecode),
    Field(
        fn(FieldHandleIndex) -> Bytecode,
        fn(FieldInstIndex) -> Bytecode,
    ),
    VariantField(
        fn(VariantFieldHandleIndex) -> Bytecode,
        fn(VariantFieldInstIndex) -> Bytecode,
    ),
    Struct(
        fn(StructDefIndex) -> Bytecode,
        fn(StructInstIndex) -> Bytecode,
    ),
    Variant(
        fn(StructVariantHandleIndex) -> Bytecode,
        fn(StructVariantInstIndex) -> Bytecode,
    ),
    Function(
        fn(FunctionHandleIndex) -> Bytecode,
        fn(FunctionInstIndex) -> Bytecode,
    ),
    Closure(
        fn(FunctionHandleIndex, ClosureMask) -> Bytecode,
        fn(FunctionInstIndex, ClosureMask) -> Bytecode,
    ),
    Types(fn(SignatureIndex) -> Bytecode),
    TypesAndCount(fn(SignatureIndex, u64) -> Bytecode),
}

/// The instruction of that name and whether the name is the one for type arguments.
pub(super) fn shape_of(name: &str) -> Option<(Shape, bool)> {
    let opcode = *Opcode::ALL.iter().find(|o| o.name() == name)?;
    Some((shape(opcode), name.ends_with("_generic")))
}

fn shape(opcode: Opcode) -> Shape {
    use Bytecode as B;
    use Opcode as O;
    macro_rules! plain {
        ($($name:ident)*; $($pattern:pat => $value:expr,)*) => {
            match opcode {
                $(O::$name => Shape::Plain(B::$name),)*
                $($pattern => $value,)*
            }
        };
    }
    plain! {
        Pop Ret CastU8 CastU16 CastU32 CastU64 CastU128 CastU256 CastI8 CastI16 CastI32 CastI64
        CastI128 CastI256 LdTrue LdFalse ReadRef WriteRef FreezeRef Add Sub Mul Mod Div Negate
        BitOr BitAnd Xor Shl Shr Or And Not Eq Neq Lt Gt Le Ge Abort AbortMsg Nop;
        O::BrTrue => Shape::Branch(B::BrTrue),
        O::BrFalse => Shape::Branch(B::BrFalse),
        O::Branch => Shape::Branch(B::Branch),
        O::LdU8 => Shape::Integer(SignatureToken::U8),
        O::LdU16 => Shape::Integer(SignatureToken::U16),
        O::LdU32 => Shape::Integer(SignatureToken::U32),
        O::LdU64 => Shape::Integer(SignatureToken::U64),
        O::LdU128 => Shape::Integer(SignatureToken::U128),
        O::LdU256 => Shape::Integer(SignatureToken::U256),
        O::LdI8 => Shape::Integer(SignatureToken::I8),
        O::LdI16 => Shape::Integer(SignatureToken::I16),
        O::LdI32 => Shape::Integer(SignatureToken::I32),
        O::LdI64 => Shape::Integer(SignatureToken::I64),
        O::LdI128 => Shape::Integer(SignatureToken::I128),
        O::LdI256 => Shape::Integer(SignatureToken::I256),
        O::LdConst => Shape::Constant,
        O::CopyLoc => Shape::Local(B::CopyLoc),
        O::MoveLoc => Shape::Local(B::MoveLoc),
        O::StLoc => Shape::Local(B::StLoc),
        O::MutBorrowLoc => Shape::Local(B::MutBorrowLoc),
        O::ImmBorrowLoc => Shape::Local(B::ImmBorrowLoc),
        O::MutBorrowField | O::MutBorrowFieldGeneric => {
            Shape::Field(B::MutBorrowField, B::MutBorrowFieldGeneric)
        },
        O::ImmBorrowField | O::ImmBorrowFieldGeneric => {
            Shape::Field(B::ImmBorrowField, B::ImmBorrowFieldGeneric)
        },
        O::MutBorrowVariantField | O::MutBorrowVariantFieldGeneric => {
            Shape::VariantField(B::MutBorrowVariantField, B::MutBorrowVariantFieldGeneric)
        },
        O::ImmBorrowVariantField | O::ImmBorrowVariantFieldGeneric => {
            Shape::VariantField(B::ImmBorrowVariantField, B::ImmBorrowVariantFieldGeneric)
        },
        O::Call | O::CallGeneric => Shape::Function(B::Call, B::CallGeneric),
        O::Pack | O::PackGeneric => Shape::Struct(B::Pack, B::PackGeneric),
        O::Unpack | O::UnpackGeneric => Shape::Struct(B::Unpack, B::UnpackGeneric),
        O::Exists | O::ExistsGeneric => Shape::Struct(B::Exists, B::ExistsGeneric),
        O::MutBorrowGlobal | O::MutBorrowGlobalGeneric => {
            Shape::Struct(B::MutBorrowGlobal, B::MutBorrowGlobalGeneric)
        },
        O::ImmBorrowGlobal | O::ImmBorrowGlobalGeneric => {
            Shape::Struct(B::ImmBorrowGlobal, B::ImmBorrowGlobalGeneric)
        },
        O::MoveFrom | O::MoveFromGeneric => Shape::Struct(B::MoveFrom, B::MoveFromGeneric),
        O::MoveTo | O::MoveToGeneric => Shape::Struct(B::MoveTo, B::MoveToGeneric),
        O::PackVariant | O::PackVariantGeneric => {
            Shape::Variant(B::PackVariant, B::PackVariantGeneric)
        },
        O::UnpackVariant | O::UnpackVariantGeneric => {
            Shape::Variant(B::UnpackVariant, B::UnpackVariantGeneric)
        },
        O::TestVariant | O::TestVariantGeneric => {
            Shape::Variant(B::TestVariant, B::TestVariantGeneric)
        },
        O::VecPack => Shape::TypesAndCount(B::VecPack),
        O::VecUnpack => Shape::TypesAndCount(B::VecUnpack),
        O::VecLen => Shape::Types(B::VecLen),
        O::VecImmBorrow => Shape::Types(B::VecImmBorrow),
        O::VecMutBorrow => Shape::Types(B::VecMutBorrow),
        O::VecPushBack => Shape::Types(B::VecPushBack),
        O::VecPopBack => Shape::Types(B::VecPopBack),
        O::VecSwap => Shape::Types(B::VecSwap),
        O::CallClosure => Shape::Types(B::CallClosure),
        O::PackClosure | O::PackClosureGeneric => {
            Shape::Closure(B::PackClosure, B::PackClosureGeneric)
        },
    }
}

/// The instruction that pushes an integer, which fits the type; two's complement if negative.
pub(super) fn load_integer(ty: &SignatureToken, value: U256) -> Bytecode {
    let [low, high, ..] = value.into_limbs();
    let word = u128::from(low) | u128::from(high) << 64;
    let bytes = word.to_le_bytes();
    let [a, b, c, d, e, f, g, h, ..] = bytes;
    match ty {
        SignatureToken::U8 => Bytecode::LdU8(a),
        SignatureToken::U16 => Bytecode::LdU16(u16::from_le_bytes([a, b])),
        SignatureToken::U32 => Bytecode::LdU32(u32::from_le_bytes([a, b, c, d])),
        SignatureToken::U64 => Bytecode::LdU64(u64::from_le_bytes([a, b, c, d, e, f, g, h])),
        SignatureToken::U128 => Bytecode::LdU128(Box::new(word)),
        SignatureToken::I8 => Bytecode::LdI8(i8::from_le_bytes([a])),
        SignatureToken::I16 => Bytecode::LdI16(i16::from_le_bytes([a, b])),
        SignatureToken::I32 => Bytecode::LdI32(i32::from_le_bytes([a, b, c, d])),
        SignatureToken::I64 => Bytecode::LdI64(i64::from_le_bytes([a, b, c, d, e, f, g, h])),
        SignatureToken::I128 => Bytecode::LdI128(Box::new(i128::from_le_bytes(bytes))),
        SignatureToken::I256 => Bytecode::LdI256(Box::new(value)),
        _ => Bytecode::LdU256(Box::new(value)),
    }
}
