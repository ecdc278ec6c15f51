//! What each instruction is resolved to.

use alloc::boxed::Box;

use super::{Arithmetic, Comparison, Integer, Op, Type, TypeKind, unit::bounds, walk::Walk};
use crate::{StatusCode, U256, VmResult, format::Bytecode};

impl Walk<'_> {
    pub(super) fn step(&mut self, bytecode: &Bytecode) -> VmResult<Op> {
        use Bytecode as B;
        Ok(match bytecode {
            B::Pop => Op::Pop(self.pop()?),
            B::Ret => {
                self.drop(self.instance.returns.len())?;
                Op::Ret
            }
            B::BrTrue(to) => {
                self.drop(1)?;
                Op::BrTrue(*to)
            }
            B::BrFalse(to) => {
                self.drop(1)?;
                Op::BrFalse(*to)
            }
            B::Branch(to) => Op::Branch(*to),
            B::LdU8(n) => self.load(Integer::U8, U256::from(*n))?,
            B::LdU16(n) => self.load(Integer::U16, U256::from(*n))?,
            B::LdU32(n) => self.load(Integer::U32, U256::from(*n))?,
            B::LdU64(n) => self.load(Integer::U64, U256::from(*n))?,
            B::LdU128(n) => self.load(Integer::U128, U256::from(**n))?,
            B::LdU256(n) => self.load(Integer::U256, **n)?,
            B::LdI8(n) => self.load(Integer::I8, U256::from(n.cast_unsigned()))?,
            B::LdI16(n) => self.load(Integer::I16, U256::from(n.cast_unsigned()))?,
            B::LdI32(n) => self.load(Integer::I32, U256::from(n.cast_unsigned()))?,
            B::LdI64(n) => self.load(Integer::I64, U256::from(n.cast_unsigned()))?,
            B::LdI128(n) => self.load(Integer::I128, U256::from(n.cast_unsigned()))?,
            B::LdI256(n) => self.load(Integer::I256, **n)?,
            B::CastU8 => self.cast(Integer::U8)?,
            B::CastU16 => self.cast(Integer::U16)?,
            B::CastU32 => self.cast(Integer::U32)?,
            B::CastU64 => self.cast(Integer::U64)?,
            B::CastU128 => self.cast(Integer::U128)?,
            B::CastU256 => self.cast(Integer::U256)?,
            B::CastI8 => self.cast(Integer::I8)?,
            B::CastI16 => self.cast(Integer::I16)?,
            B::CastI32 => self.cast(Integer::I32)?,
            B::CastI64 => self.cast(Integer::I64)?,
            B::CastI128 => self.cast(Integer::I128)?,
            B::CastI256 => self.cast(Integer::I256)?,
            B::LdConst(index) => self.constant(*index)?,
            B::LdTrue | B::LdFalse => {
                self.push(Type::BOOL);
                Op::LoadBool(*bytecode == B::LdTrue)
            }
            B::CopyLoc(local) => {
                let ty = self.local(*local)?;
                self.push(ty);
                Op::CopyLoc(*local)
            }
            B::MoveLoc(local) => {
                let ty = self.local(*local)?;
                self.push(ty);
                Op::MoveLoc(*local)
            }
            B::StLoc(local) => {
                self.drop(1)?;
                Op::StLoc(*local)
            }
            B::MutBorrowLoc(local) => self.borrow_local(*local, true)?,
            B::ImmBorrowLoc(local) => self.borrow_local(*local, false)?,
            B::MutBorrowField(i) => self.plain_field(*i, true)?,
            B::ImmBorrowField(i) => self.plain_field(*i, false)?,
            B::MutBorrowFieldGeneric(i) | B::ImmBorrowFieldGeneric(i) => {
                let inst = *bounds(self.tables.field_insts.get(i.index()))?;
                let handle = *bounds(self.tables.field_handles.get(inst.handle.index()))?;
                let arguments = self.signature(inst.type_arguments)?;
                let of = self.own_struct(handle.def, arguments)?;
                let mutable = matches!(bytecode, B::MutBorrowFieldGeneric(_));
                self.borrow_field(of, None, handle.field, mutable)?
            }
            B::MutBorrowVariantField(i) => self.variant_field(*i, Box::default(), true)?,
            B::ImmBorrowVariantField(i) => self.variant_field(*i, Box::default(), false)?,
            B::MutBorrowVariantFieldGeneric(i) | B::ImmBorrowVariantFieldGeneric(i) => {
                let inst = *bounds(self.tables.variant_field_insts.get(i.index()))?;
                let arguments = self.signature(inst.type_arguments)?;
                let mutable = matches!(bytecode, B::MutBorrowVariantFieldGeneric(_));
                self.variant_field(inst.handle, arguments, mutable)?
            }
            B::Call(i) => {
                let callee = self.callee(*i, &[])?;
                self.call(callee)?
            }
            B::CallGeneric(i) => {
                let callee = self.generic_callee(*i)?;
                self.call(callee)?
            }
            B::Pack(i) => {
                let of = self.plain(*i)?;
                self.pack(of, None)?
            }
            B::PackGeneric(i) => {
                let of = self.generic(*i)?;
                self.pack(of, None)?
            }
            B::PackVariant(i) => {
                let (of, variant) = self.variant(*i, Box::default())?;
                self.pack(of, Some(variant))?
            }
            B::PackVariantGeneric(i) => {
                let (of, variant) = self.generic_variant(*i)?;
                self.pack(of, Some(variant))?
            }
            B::Unpack(i) => {
                let of = self.plain(*i)?;
                self.unpack(of, None)?
            }
            B::UnpackGeneric(i) => {
                let of = self.generic(*i)?;
                self.unpack(of, None)?
            }
            B::UnpackVariant(i) => {
                let (of, variant) = self.variant(*i, Box::default())?;
                self.unpack(of, Some(variant))?
            }
            B::UnpackVariantGeneric(i) => {
                let (of, variant) = self.generic_variant(*i)?;
                self.unpack(of, Some(variant))?
            }
            B::TestVariant(i) => {
                let tested = self.variant(*i, Box::default())?;
                self.test_variant(tested)?
            }
            B::TestVariantGeneric(i) => {
                let tested = self.generic_variant(*i)?;
                self.test_variant(tested)?
            }
            B::ReadRef => {
                let ty = self.pop_referent()?;
                self.push(ty);
                Op::ReadRef(ty)
            }
            B::WriteRef => {
                let ty = self.pop_referent()?;
                self.drop(1)?;
                Op::WriteRef(ty)
            }
            B::FreezeRef => {
                let ty = self.pop_referent()?;
                let ty = self.code.types.reference(ty, false);
                self.push(ty);
                Op::FreezeRef
            }
            B::Add => self.arithmetic(Arithmetic::Add)?,
            B::Sub => self.arithmetic(Arithmetic::Sub)?,
            B::Mul => self.arithmetic(Arithmetic::Mul)?,
            B::Mod => self.arithmetic(Arithmetic::Mod)?,
            B::Div => self.arithmetic(Arithmetic::Div)?,
            B::BitOr => self.arithmetic(Arithmetic::BitOr)?,
            B::BitAnd => self.arithmetic(Arithmetic::BitAnd)?,
            B::Xor => self.arithmetic(Arithmetic::Xor)?,
            B::Shl => self.arithmetic(Arithmetic::Shl)?,
            B::Shr => self.arithmetic(Arithmetic::Shr)?,
            B::Negate => {
                let integer = self.pop_integer()?;
                self.push(integer.as_type());
                Op::Negate(integer)
            }
            B::Or | B::And => {
                self.drop(2)?;
                self.push(Type::BOOL);
                if *bytecode == B::Or { Op::Or } else { Op::And }
            }
            B::Not => {
                self.drop(1)?;
                self.push(Type::BOOL);
                Op::Not
            }
            B::Eq => self.equality(false)?,
            B::Neq => self.equality(true)?,
            B::Lt => self.compare(Comparison::Lt)?,
            B::Gt => self.compare(Comparison::Gt)?,
            B::Le => self.compare(Comparison::Le)?,
            B::Ge => self.compare(Comparison::Ge)?,
            B::Abort => {
                self.drop(1)?;
                Op::Abort
            }
            B::AbortMsg => {
                self.drop(2)?;
                Op::AbortMsg
            }
            B::Nop => Op::Nop,
            B::Exists(i) => {
                let of = self.plain(*i)?;
                self.exists(of)?
            }
            B::ExistsGeneric(i) => {
                let of = self.generic(*i)?;
                self.exists(of)?
            }
            B::MutBorrowGlobal(i) => {
                let of = self.plain(*i)?;
                self.borrow_global(of, true)?
            }
            B::MutBorrowGlobalGeneric(i) => {
                let of = self.generic(*i)?;
                self.borrow_global(of, true)?
            }
            B::ImmBorrowGlobal(i) => {
                let of = self.plain(*i)?;
                self.borrow_global(of, false)?
            }
            B::ImmBorrowGlobalGeneric(i) => {
                let of = self.generic(*i)?;
                self.borrow_global(of, false)?
            }
            B::MoveFrom(i) => {
                let of = self.plain(*i)?;
                self.move_from(of)?
            }
            B::MoveFromGeneric(i) => {
                let of = self.generic(*i)?;
                self.move_from(of)?
            }
            B::MoveTo(i) => {
                let of = self.plain(*i)?;
                self.move_to(of)?
            }
            B::MoveToGeneric(i) => {
                let of = self.generic(*i)?;
                self.move_to(of)?
            }
            B::VecPack(i, count) => {
                let element = self.element(*i)?;
                self.drop(usize::try_from(*count).unwrap_or(usize::MAX))?;
                let ty = self
                    .code
                    .types
                    .intern_within(&self.engine.limits, TypeKind::Vector(element))?;
                self.push(ty);
                Op::VecPack {
                    element,
                    count: *count,
                }
            }
            B::VecLen(i) => {
                let element = self.element(*i)?;
                self.drop(1)?;
                self.push(Type::U64);
                Op::VecLen { element }
            }
            B::VecImmBorrow(i) | B::VecMutBorrow(i) => {
                let element = self.element(*i)?;
                let mutable = matches!(bytecode, B::VecMutBorrow(_));
                self.drop(2)?;
                let ty = self.code.types.reference(element, mutable);
                self.push(ty);
                Op::VecBorrow { element, mutable }
            }
            B::VecPushBack(i) => {
                let element = self.element(*i)?;
                self.drop(2)?;
                Op::VecPushBack { element }
            }
            B::VecPopBack(i) => {
                let element = self.element(*i)?;
                self.drop(1)?;
                self.push(element);
                Op::VecPopBack { element }
            }
            B::VecUnpack(i, count) => {
                let element = self.element(*i)?;
                self.drop(1)?;
                // The verifier bounds the stack, and so the count.
                if *count > u64::from(u16::MAX) {
                    return Err(StatusCode::UnknownInvariantViolationError.into());
                }
                (0..*count).for_each(|_| self.push(element));
                Op::VecUnpack {
                    element,
                    count: *count,
                }
            }
            B::VecSwap(i) => {
                let element = self.element(*i)?;
                self.drop(3)?;
                Op::VecSwap { element }
            }
            B::PackClosure(i, mask) => {
                let callee = self.callee(*i, &[])?;
                self.pack_closure(callee, *i, *mask)?
            }
            B::PackClosureGeneric(i, mask) => {
                let callee = self.generic_callee(*i)?;
                let handle = bounds(self.tables.function_insts.get(i.index()))?.handle;
                self.pack_closure(callee, handle, *mask)?
            }
            B::CallClosure(i) => self.call_closure(*i)?,
        })
    }
}
