//! What each instruction does.

use alloc::{boxed::Box, vec::Vec};

use super::{
    Plain,
    encoding::decode,
    value::{Closure, Reference, Root, Value, heap_size, mismatch},
};
use crate::{
    Address, StatusCode, VmError, VmResult,
    code::{GlobalKey, INLINE_WORDS_MAX, InstanceId, Integer, Op, Type, TypeKind},
    format::Ability,
    integer,
    machine::Runtime,
    vector_error,
};

/// Where it goes on.
pub(super) enum Next {
    Continue,
    Jump(u16),
    Call(InstanceId),
    CallClosure(Box<Closure>, Vec<Value>),
    Return,
}

#[cold]
fn vector_failure(sub: u64) -> VmError {
    VmError::new(StatusCode::VectorOperationError).with_sub_status(sub)
}

/// A position in a vector, if it is one.
fn position(index: u64, length: usize) -> VmResult<usize> {
    usize::try_from(index)
        .ok()
        .filter(|i| *i < length)
        .ok_or_else(|| vector_failure(vector_error::INDEX_OUT_OF_BOUNDS))
}

impl Plain {
    fn need(&self, rt: &Runtime<'_>, ty: Type, ability: Ability) -> VmResult<()> {
        if rt.code.abilities(ty)?.has(ability) {
            Ok(())
        } else {
            Err(mismatch(
                "a value is used in a way that its type does not allow",
            ))
        }
    }

    /// Charges for what a comparison touches out of line.
    fn charge_heap(&self, rt: &mut Runtime<'_>, value: &Value) -> VmResult<()> {
        let size = heap_size(rt.code, rt.engine, value)?;
        rt.gas.charge(rt.engine.gas.comparing(size))
    }

    /// Charges for what a copy touches out of line, and counts it as memory.
    fn charge_copy(&self, rt: &mut Runtime<'_>, value: &Value) -> VmResult<()> {
        let size = heap_size(rt.code, rt.engine, value)?;
        rt.gas.charge(rt.engine.gas.copying(size))?;
        rt.gas.allocate(&rt.engine.limits, size.words)
    }

    fn local_type(&mut self, local: u8) -> VmResult<Type> {
        let locals = &self.stack.top()?.instance.locals;
        locals
            .get(usize::from(local))
            .copied()
            .ok_or_else(|| mismatch("there is no such local"))
    }

    fn own_local(&mut self, local: u8) -> VmResult<&mut Option<Value>> {
        let frame = self.stack.frames.len().saturating_sub(1);
        self.stack.local(frame, local)
    }

    fn pop_of(&mut self, rt: &Runtime<'_>, ty: Type) -> VmResult<Value> {
        let value = self.stack.pop()?;
        value.check(rt.code, ty)?;
        Ok(value)
    }

    fn pop_bits(&mut self, ty: Integer) -> VmResult<crate::U256> {
        match self.stack.pop()? {
            Value::Integer(own, bits) if own == ty => Ok(bits),
            _ => Err(mismatch("an integer of another type is needed")),
        }
    }

    fn pop_address(&mut self) -> VmResult<Address> {
        match self.stack.pop()? {
            Value::Address(address) => Ok(address),
            _ => Err(mismatch("an address is needed")),
        }
    }

    /// The elements of the vector that a reference points to.
    fn elements(&mut self, reference: &Reference, element: Type) -> VmResult<&mut Vec<Value>> {
        match self.at(reference)? {
            Value::Vector(own, items) if *own == element => Ok(items),
            _ => Err(mismatch("a vector of another type is needed")),
        }
    }

    /// Fails if the module of a resource waits for a function value.
    fn check_access(&mut self, rt: &Runtime<'_>, of: Type) -> VmResult<()> {
        if !self.stack.entries.is_dispatched() {
            return Ok(());
        }
        match rt.code.home(of)? {
            Some(unit) => self.stack.entries.check_access(unit),
            None => Ok(()),
        }
    }

    fn global(&mut self, rt: &mut Runtime<'_>, address: Address, of: Type) -> VmResult<usize> {
        self.check_access(rt, of)?;
        self.globals.find(rt, &GlobalKey::Resource(address), of)
    }

    fn equal(&mut self, rt: &mut Runtime<'_>, ty: Type) -> VmResult<bool> {
        let right = self.pop_of(rt, ty)?;
        let left = self.pop_of(rt, ty)?;
        if let (Value::Reference(left), Value::Reference(right)) = (&left, &right) {
            let left = self.at(left)?.clone();
            self.charge_heap(rt, &left)?;
            return Ok(left == *self.at(right)?);
        }
        self.need(rt, ty, Ability::Drop)?;
        self.charge_heap(rt, &left)?;
        Ok(left == right)
    }

    /// Does one instruction.
    pub(super) fn step(&mut self, rt: &mut Runtime<'_>, op: &Op) -> VmResult<Next> {
        match op {
            Op::Nop => {}
            Op::Ret => return Ok(Next::Return),
            Op::Branch(to) => return Ok(Next::Jump(*to)),
            Op::BrTrue(to) | Op::BrFalse(to) => {
                if self.stack.pop_bool()? == matches!(op, Op::BrTrue(_)) {
                    return Ok(Next::Jump(*to));
                }
            }
            Op::Call(callee) => return Ok(Next::Call(*callee)),
            Op::Abort => return Err(VmError::abort(self.stack.pop_u64()?)),
            Op::AbortMsg => return Err(self.abort_with_message(rt)?),
            Op::Pop(ty) => {
                self.pop_of(rt, *ty)?;
                self.need(rt, *ty, Ability::Drop)?;
            }
            Op::LoadInteger(ty, bits) => self.stack.push(Value::Integer(*ty, **bits)),
            Op::LoadBool(value) => self.stack.push(Value::Bool(*value)),
            Op::LoadConstant(ty, bcs) => {
                let value = decode(rt, *ty, bcs)?;
                self.stack.push(value);
            }
            Op::CopyLoc(_) | Op::MoveLoc(_) | Op::StLoc(_) | Op::BorrowLoc { .. } => {
                self.local_op(rt, op)?;
            }
            Op::BorrowField { .. }
            | Op::Pack { .. }
            | Op::Unpack { .. }
            | Op::TestVariant { .. } => self.struct_op(rt, op)?,
            Op::ReadRef(_) | Op::WriteRef(_) | Op::FreezeRef => self.reference_op(rt, op)?,
            Op::Cast { .. }
            | Op::Arithmetic(..)
            | Op::Compare(..)
            | Op::Negate(_)
            | Op::And
            | Op::Or
            | Op::Not => self.scalar_op(op)?,
            Op::Eq(ty) | Op::Neq(ty) => {
                let equal = self.equal(rt, *ty)?;
                self.stack
                    .push(Value::Bool(equal == matches!(op, Op::Eq(_))));
            }
            Op::Exists(_) | Op::BorrowGlobal { .. } | Op::MoveFrom(_) | Op::MoveTo(_) => {
                self.global_op(rt, op)?;
            }
            Op::VecPack { .. }
            | Op::VecLen { .. }
            | Op::VecBorrow { .. }
            | Op::VecPushBack { .. }
            | Op::VecPopBack { .. }
            | Op::VecUnpack { .. }
            | Op::VecSwap { .. } => self.vector_op(rt, op)?,
            Op::PackClosure { .. } => self.pack_closure(rt, op)?,
            Op::CallClosure(ty) => {
                let Value::Closure(closure) = self.pop_of(rt, *ty)? else {
                    return Err(mismatch("a function value is needed"));
                };
                let TypeKind::Function(function) = rt.code.types.kind(*ty) else {
                    return Err(mismatch("a function value is needed"));
                };
                let arguments = self.stack.pop_many(function.parameters.len())?;
                return Ok(Next::CallClosure(closure, arguments));
            }
        }
        Ok(Next::Continue)
    }

    fn abort_with_message(&mut self, rt: &Runtime<'_>) -> VmResult<VmError> {
        let Value::Vector(Type::U8, items) = self.stack.pop()? else {
            return Err(mismatch("a message is a vector of bytes"));
        };
        let code = self.stack.pop_u64()?;
        if items.len() > rt.engine.limits.abort_message {
            return Ok(StatusCode::AbortMessageLimitExceeded.into());
        }
        let mut bytes = Vec::new();
        for item in items {
            match item {
                Value::Integer(Integer::U8, bits) => bytes.push(bits.byte(0)),
                _ => return Err(mismatch("a message is a vector of bytes")),
            }
        }
        Ok(match alloc::string::String::from_utf8(bytes) {
            Ok(message) => VmError::abort(code).with_message(message),
            Err(_) => StatusCode::InvalidAbortMessage.into(),
        })
    }

    fn local_op(&mut self, rt: &mut Runtime<'_>, op: &Op) -> VmResult<()> {
        let unavailable = || mismatch("a local is used that holds nothing");
        match op {
            Op::CopyLoc(local) => {
                let ty = self.local_type(*local)?;
                self.need(rt, ty, Ability::Copy)?;
                let value = self.own_local(*local)?.clone().ok_or_else(unavailable)?;
                self.charge_copy(rt, &value)?;
                self.stack.push(value);
            }
            Op::MoveLoc(local) => {
                let value = self.own_local(*local)?.take().ok_or_else(unavailable)?;
                self.stack.push(value);
            }
            Op::StLoc(local) => {
                let ty = self.local_type(*local)?;
                let value = self.pop_of(rt, ty)?;
                if self.own_local(*local)?.replace(value).is_some() {
                    self.need(rt, ty, Ability::Drop)?;
                }
            }
            Op::BorrowLoc { local, mutable } => {
                let to = self.local_type(*local)?;
                self.own_local(*local)?.as_ref().ok_or_else(unavailable)?;
                let root = Root::Local(self.stack.frames.len().saturating_sub(1), *local);
                let reference = Reference {
                    root,
                    path: Vec::new(),
                    mutable: *mutable,
                    to,
                };
                self.stack.push(Value::Reference(reference));
            }
            _ => return Err(mismatch("not an instruction on locals")),
        }
        Ok(())
    }

    fn struct_op(&mut self, rt: &mut Runtime<'_>, op: &Op) -> VmResult<()> {
        match op {
            Op::BorrowField {
                of,
                variants,
                field,
                mutable,
            } => {
                let mut reference = self.stack.pop_reference(*mutable)?;
                let made = rt.code.struct_type(rt.engine, *of)?;
                let Value::Struct { ty, variant, .. } = self.at(&reference)? else {
                    return Err(mismatch("a reference to a struct is needed"));
                };
                if ty != of || variants.is_some() != variant.is_some() {
                    return Err(mismatch("a reference to another struct is needed"));
                }
                if let (Some(variants), Some(variant)) = (variants, &variant)
                    && !variants.contains(variant)
                {
                    return Err(StatusCode::StructVariantMismatch.into());
                }
                let types = made.fields(*variant).unwrap_or_default();
                let to = types.get(usize::from(*field)).copied();
                reference.to = to.ok_or_else(|| mismatch("there is no such field"))?;
                reference.path.push(usize::from(*field));
                reference.mutable = *mutable;
                self.stack.push(Value::Reference(reference));
            }
            Op::Pack { of, variant } => {
                let made = rt.code.struct_type(rt.engine, *of)?;
                let types = made
                    .fields(*variant)
                    .ok_or_else(|| mismatch("no such variant"))?;
                let fields = self.stack.pop_many(types.len())?;
                for (value, ty) in fields.iter().zip(types) {
                    value.check(rt.code, *ty)?;
                }
                if made.full_words > INLINE_WORDS_MAX {
                    let size = made.full_words.saturating_add(1);
                    rt.gas.allocate(&rt.engine.limits, size)?;
                }
                self.stack.push(Value::Struct {
                    ty: *of,
                    variant: *variant,
                    fields,
                });
            }
            Op::Unpack { of, variant } => {
                let Value::Struct {
                    variant: own,
                    fields,
                    ..
                } = self.pop_of(rt, *of)?
                else {
                    return Err(mismatch("a struct is needed"));
                };
                if own != *variant {
                    return Err(StatusCode::StructVariantMismatch.into());
                }
                self.stack.operands.extend(fields);
            }
            Op::TestVariant { of, variant } => {
                let reference = self.stack.pop_reference(false)?;
                let own = match self.at(&reference)? {
                    Value::Struct { ty, variant, .. } if ty == of => *variant,
                    _ => return Err(mismatch("a reference to an enum is needed")),
                };
                self.stack.push(Value::Bool(own == Some(*variant)));
            }
            _ => return Err(mismatch("not an instruction on structs")),
        }
        Ok(())
    }

    fn reference_op(&mut self, rt: &mut Runtime<'_>, op: &Op) -> VmResult<()> {
        match op {
            Op::ReadRef(ty) => {
                self.need(rt, *ty, Ability::Copy)?;
                let reference = self.stack.pop_reference(false)?;
                let value = self.at(&reference)?.clone();
                value.check(rt.code, *ty)?;
                self.charge_copy(rt, &value)?;
                self.stack.push(value);
            }
            Op::WriteRef(ty) => {
                self.need(rt, *ty, Ability::Drop)?;
                let reference = self.stack.pop_reference(true)?;
                let value = self.pop_of(rt, *ty)?;
                let place = self.at(&reference)?;
                place.check(rt.code, *ty)?;
                *place = value;
            }
            Op::FreezeRef => {
                let mut reference = self.stack.pop_reference(true)?;
                reference.mutable = false;
                self.stack.push(Value::Reference(reference));
            }
            _ => return Err(mismatch("not an instruction on references")),
        }
        Ok(())
    }

    fn scalar_op(&mut self, op: &Op) -> VmResult<()> {
        let failed = || VmError::new(StatusCode::ArithmeticError);
        let value = match op {
            Op::Cast { from, to } => {
                let bits = self.pop_bits(*from)?;
                Value::Integer(*to, integer::cast(*from, *to, bits).ok_or_else(failed)?)
            }
            Op::Arithmetic(op, ty) => {
                use crate::code::Arithmetic as A;
                let shift = matches!(op, A::Shl | A::Shr);
                let right = self.pop_bits(if shift { Integer::U8 } else { *ty })?;
                let left = self.pop_bits(*ty)?;
                let bits = integer::arithmetic(*op, *ty, left, right).ok_or_else(failed)?;
                Value::Integer(*ty, bits)
            }
            Op::Compare(op, ty) => {
                let right = self.pop_bits(*ty)?;
                let left = self.pop_bits(*ty)?;
                Value::Bool(integer::compare(*op, *ty, left, right))
            }
            Op::Negate(ty) => {
                let bits = self.pop_bits(*ty)?;
                Value::Integer(*ty, integer::negate(*ty, bits).ok_or_else(failed)?)
            }
            Op::Not => Value::Bool(!self.stack.pop_bool()?),
            Op::And | Op::Or => {
                let (right, left) = (self.stack.pop_bool()?, self.stack.pop_bool()?);
                Value::Bool(if *op == Op::And {
                    left && right
                } else {
                    left || right
                })
            }
            _ => return Err(mismatch("not an instruction on scalars")),
        };
        self.stack.push(value);
        Ok(())
    }

    fn global_op(&mut self, rt: &mut Runtime<'_>, op: &Op) -> VmResult<()> {
        let missing = || VmError::new(StatusCode::MissingData);
        match op {
            Op::Exists(of) => {
                let address = self.pop_address()?;
                let number = self.global(rt, address, *of)?;
                let exists = self.globals.value(number)?.is_some();
                self.stack.push(Value::Bool(exists));
            }
            Op::BorrowGlobal { of, mutable } => {
                let address = self.pop_address()?;
                let number = self.global(rt, address, *of)?;
                self.globals.value(number)?.as_ref().ok_or_else(missing)?;
                self.stack.push(Value::Reference(Reference {
                    root: Root::Global(number),
                    path: Vec::new(),
                    mutable: *mutable,
                    to: *of,
                }));
            }
            Op::MoveFrom(of) => {
                let address = self.pop_address()?;
                let number = self.global(rt, address, *of)?;
                let value = self.globals.value(number)?.take().ok_or_else(missing)?;
                self.stack.push(value);
            }
            Op::MoveTo(of) => {
                let value = self.pop_of(rt, *of)?;
                let signer = self.stack.pop_reference(false)?;
                let address = match self.at(&signer)? {
                    Value::Signer(address) => match **address {
                        Value::Address(address) => address,
                        _ => return Err(mismatch("a signer holds an address")),
                    },
                    _ => return Err(mismatch("a signer is needed")),
                };
                let number = self.global(rt, address, *of)?;
                let place = self.globals.value(number)?;
                if place.is_some() {
                    return Err(StatusCode::ResourceAlreadyExists.into());
                }
                *place = Some(value);
            }
            _ => return Err(mismatch("not an instruction on resources")),
        }
        Ok(())
    }

    fn vector_op(&mut self, rt: &mut Runtime<'_>, op: &Op) -> VmResult<()> {
        match op {
            Op::VecPack { element, count } => {
                let count = usize::try_from(*count).map_err(|_| StatusCode::EmptyValueStack)?;
                let items = self.stack.pop_many(count)?;
                for item in &items {
                    item.check(rt.code, *element)?;
                }
                if count > 0 {
                    let words = rt.code.words(rt.engine, *element)?;
                    let size = words.saturating_mul(count as u64).saturating_add(1);
                    rt.gas.allocate(&rt.engine.limits, size)?;
                }
                self.stack.push(Value::Vector(*element, items));
            }
            Op::VecUnpack { element, count } => {
                let Value::Vector(own, items) = self.stack.pop()? else {
                    return Err(mismatch("a vector is needed"));
                };
                if own != *element {
                    return Err(mismatch("a vector of another type is needed"));
                }
                if items.len() as u64 != *count {
                    return Err(vector_failure(vector_error::UNPACK_PARITY));
                }
                self.stack.operands.extend(items);
            }
            Op::VecLen { element } => {
                let reference = self.stack.pop_reference(false)?;
                let length = self.elements(&reference, *element)?.len() as u64;
                self.stack.push(Value::u64(length));
            }
            Op::VecBorrow { element, mutable } => {
                let index = self.stack.pop_u64()?;
                let mut reference = self.stack.pop_reference(*mutable)?;
                let index = position(index, self.elements(&reference, *element)?.len())?;
                reference.path.push(index);
                reference.to = *element;
                reference.mutable = *mutable;
                self.stack.push(Value::Reference(reference));
            }
            Op::VecPushBack { element } => {
                let value = self.pop_of(rt, *element)?;
                let reference = self.stack.pop_reference(true)?;
                let size = rt.code.words(rt.engine, *element)?;
                rt.gas.allocate(&rt.engine.limits, size)?;
                self.elements(&reference, *element)?.push(value);
            }
            Op::VecPopBack { element } => {
                let reference = self.stack.pop_reference(true)?;
                let value = self.elements(&reference, *element)?.pop();
                let value = value.ok_or_else(|| vector_failure(vector_error::POP_EMPTY))?;
                self.stack.push(value);
            }
            Op::VecSwap { element } => {
                let (right, left) = (self.stack.pop_u64()?, self.stack.pop_u64()?);
                let reference = self.stack.pop_reference(true)?;
                let items = self.elements(&reference, *element)?;
                let (left, right) = (position(left, items.len())?, position(right, items.len())?);
                items.swap(left, right);
            }
            _ => return Err(mismatch("not an instruction on vectors")),
        }
        Ok(())
    }

    fn pack_closure(&mut self, rt: &mut Runtime<'_>, op: &Op) -> VmResult<()> {
        let Op::PackClosure { function, mask } = op else {
            return Err(mismatch("not an instruction on function values"));
        };
        let instance = rt.code.instance(*function)?.clone();
        let values = self.stack.pop_many(mask.count())?;
        let parameters = instance.parameters.iter().enumerate();
        let types = parameters
            .filter(|(n, _)| mask.captures(*n))
            .map(|(_, ty)| *ty);
        let captured: Vec<_> = types.zip(values).collect();
        let mut words = 1_u64;
        for (ty, value) in &captured {
            value.check(rt.code, *ty)?;
            words = words.saturating_add(rt.code.words(rt.engine, *ty)?);
        }
        rt.gas.allocate(&rt.engine.limits, words)?;
        for (_, value) in &captured {
            self.charge_heap(rt, value)?;
        }
        let closure = Closure {
            function: *function,
            mask: *mask,
            captured,
        };
        let value = Value::Closure(Box::new(closure));
        if value.depth() > rt.engine.limits.value_depth {
            return Err(StatusCode::VmMaxValueDepthReached.into());
        }
        self.stack.push(value);
        Ok(())
    }
}
