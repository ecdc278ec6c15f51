//! What each instruction needs and gives; structs, vectors and calls are in the next file.

use alloc::boxed::Box;

use super::{Checker, reference, require};
use crate::{
    StatusCode as S, VmResult,
    format::{Ability, Bytecode as B, SignatureToken as T},
};

impl Checker<'_, '_> {
    /// Runs one instruction on types.
    pub(super) fn step(&mut self, instruction: &B) -> VmResult<()> {
        match instruction {
            B::Nop | B::Branch(_) => Ok(()),
            B::Pop => {
                let token = self.pop()?;
                require(self.has(&token, Ability::Drop)?, S::PopWithoutDropAbility)
            }
            B::BrTrue(_) | B::BrFalse(_) => self.expect(&T::Bool, S::BrTypeMismatchError),
            B::Abort => self.expect(&T::U64, S::AbortTypeMismatchError),
            B::AbortMsg => {
                let bytes = T::Vector(Box::new(T::U8));
                self.expect(&bytes, S::AbortTypeMismatchError)?;
                self.expect(&T::U64, S::AbortTypeMismatchError)
            }
            B::Ret => {
                for token in self.function.returns.iter().rev() {
                    self.accept(token, S::RetTypeMismatchError)?;
                }
                Ok(())
            }
            B::LdU8(_) => self.push(T::U8),
            B::LdU16(_) => self.push(T::U16),
            B::LdU32(_) => self.push(T::U32),
            B::LdU64(_) => self.push(T::U64),
            B::LdU128(_) => self.push(T::U128),
            B::LdU256(_) => self.push(T::U256),
            B::LdI8(_) => self.push(T::I8),
            B::LdI16(_) => self.push(T::I16),
            B::LdI32(_) => self.push(T::I32),
            B::LdI64(_) => self.push(T::I64),
            B::LdI128(_) => self.push(T::I128),
            B::LdI256(_) => self.push(T::I256),
            B::LdTrue | B::LdFalse => self.push(T::Bool),
            B::LdConst(index) => {
                let constant = self.function.tables.constants.get(index.index());
                let constant = constant.ok_or_else(super::broken)?;
                self.push(constant.token.clone())
            }
            B::CastU8 => self.cast(T::U8),
            B::CastU16 => self.cast(T::U16),
            B::CastU32 => self.cast(T::U32),
            B::CastU64 => self.cast(T::U64),
            B::CastU128 => self.cast(T::U128),
            B::CastU256 => self.cast(T::U256),
            B::CastI8 => self.cast(T::I8),
            B::CastI16 => self.cast(T::I16),
            B::CastI32 => self.cast(T::I32),
            B::CastI64 => self.cast(T::I64),
            B::CastI128 => self.cast(T::I128),
            B::CastI256 => self.cast(T::I256),
            B::Add | B::Sub | B::Mul | B::Mod | B::Div => {
                let token = self.pair(T::is_integer, S::IntegerOpTypeMismatchError)?;
                self.push(token)
            }
            B::BitOr | B::BitAnd | B::Xor => {
                let token = self.pair(is_unsigned, S::IntegerOpTypeMismatchError)?;
                self.push(token)
            }
            B::Shl | B::Shr => {
                self.expect(&T::U8, S::IntegerOpTypeMismatchError)?;
                let token = self.pop()?;
                require(is_unsigned(&token), S::IntegerOpTypeMismatchError)?;
                self.push(token)
            }
            B::Negate => {
                let token = self.pop()?;
                require(token.is_signed_integer(), S::IntegerOpTypeMismatchError)?;
                self.push(token)
            }
            B::Lt | B::Gt | B::Le | B::Ge => {
                self.pair(T::is_integer, S::IntegerOpTypeMismatchError)?;
                self.push(T::Bool)
            }
            B::Or | B::And => {
                let is_bool = |token: &T| *token == T::Bool;
                self.pair(is_bool, S::BooleanOpTypeMismatchError)?;
                self.push(T::Bool)
            }
            B::Not => {
                self.expect(&T::Bool, S::BooleanOpTypeMismatchError)?;
                self.push(T::Bool)
            }
            B::Eq | B::Neq => {
                let token = self.pair(|_| true, S::EqualityOpTypeMismatchError)?;
                let droppable = self.has(&token, Ability::Drop)?;
                require(droppable, S::EqualityOpTypeMismatchError)?;
                self.push(T::Bool)
            }
            B::CopyLoc(local) => {
                let token = self.function.local(*local)?;
                require(
                    self.has(token, Ability::Copy)?,
                    S::CopylocWithoutCopyAbility,
                )?;
                self.push(token.clone())
            }
            B::MoveLoc(local) => self.push(self.function.local(*local)?.clone()),
            B::StLoc(local) => {
                let token = self.function.local(*local)?;
                self.accept(token, S::StlocTypeMismatchError)
            }
            B::MutBorrowLoc(local) => self.borrow_local(true, *local),
            B::ImmBorrowLoc(local) => self.borrow_local(false, *local),
            B::ReadRef => match self.pop()? {
                T::Reference(inner) | T::MutableReference(inner) => {
                    require(
                        self.has(&inner, Ability::Copy)?,
                        S::ReadrefWithoutCopyAbility,
                    )?;
                    self.push(*inner)
                }
                _ => require(false, S::ReadrefTypeMismatchError),
            },
            B::WriteRef => match self.pop()? {
                T::MutableReference(inner) => {
                    let droppable = self.has(&inner, Ability::Drop)?;
                    require(droppable, S::WriterefWithoutDropAbility)?;
                    self.accept(&inner, S::WriterefTypeMismatchError)
                }
                _ => require(false, S::WriterefNoMutableReferenceError),
            },
            B::FreezeRef => match self.pop()? {
                T::MutableReference(inner) => self.push(T::Reference(inner)),
                _ => require(false, S::FreezerefTypeMismatchError),
            },
            B::VecPack(index, n) => self.vec_pack(*index, *n),
            B::VecUnpack(index, n) => self.vec_unpack(*index, *n),
            B::VecLen(index) => {
                self.vector_reference(false, *index)?;
                self.push(T::U64)
            }
            B::VecImmBorrow(index) => self.borrow_element(false, *index),
            B::VecMutBorrow(index) => self.borrow_element(true, *index),
            B::VecPushBack(index) => {
                let element = self.function.single(*index)?;
                self.accept(element, S::TypeMismatch)?;
                self.vector_reference(true, *index)
            }
            B::VecPopBack(index) => {
                self.vector_reference(true, *index)?;
                self.push(self.function.single(*index)?.clone())
            }
            B::VecSwap(index) => {
                self.expect(&T::U64, S::TypeMismatch)?;
                self.expect(&T::U64, S::TypeMismatch)?;
                self.vector_reference(true, *index)
            }
            B::MutBorrowField(_)
            | B::MutBorrowFieldGeneric(_)
            | B::ImmBorrowField(_)
            | B::ImmBorrowFieldGeneric(_)
            | B::MutBorrowVariantField(_)
            | B::MutBorrowVariantFieldGeneric(_)
            | B::ImmBorrowVariantField(_)
            | B::ImmBorrowVariantFieldGeneric(_)
            | B::Call(_)
            | B::CallGeneric(_)
            | B::PackClosure(..)
            | B::PackClosureGeneric(..)
            | B::CallClosure(_)
            | B::Pack(_)
            | B::PackGeneric(_)
            | B::PackVariant(_)
            | B::PackVariantGeneric(_)
            | B::Unpack(_)
            | B::UnpackGeneric(_)
            | B::UnpackVariant(_)
            | B::UnpackVariantGeneric(_)
            | B::TestVariant(_)
            | B::TestVariantGeneric(_)
            | B::Exists(_)
            | B::ExistsGeneric(_)
            | B::MutBorrowGlobal(_)
            | B::MutBorrowGlobalGeneric(_)
            | B::ImmBorrowGlobal(_)
            | B::ImmBorrowGlobalGeneric(_)
            | B::MoveFrom(_)
            | B::MoveFromGeneric(_)
            | B::MoveTo(_)
            | B::MoveToGeneric(_) => self.step_declared(instruction),
        }
    }

    /// Takes two values of one type of some kind.
    fn pair(&mut self, kind: impl Fn(&T) -> bool, otherwise: S) -> VmResult<T> {
        let top = self.pop()?;
        let below = self.pop()?;
        require(kind(&top) && top == below, otherwise)?;
        Ok(top)
    }

    fn cast(&mut self, to: T) -> VmResult<()> {
        let from = self.pop()?;
        require(from.is_integer(), S::IntegerOpTypeMismatchError)?;
        self.push(to)
    }

    fn borrow_local(&mut self, mutable: bool, local: u8) -> VmResult<()> {
        let token = self.function.local(local)?;
        require(!token.is_reference(), S::BorrowlocReferenceError)?;
        self.push(reference(mutable, token.clone()))
    }
}

fn is_unsigned(token: &T) -> bool {
    token.is_integer() && !token.is_signed_integer()
}
