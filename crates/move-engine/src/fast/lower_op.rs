//! What each resolved instruction becomes.

use super::{
    instr::{Instr, Slot},
    lower::{Entry, Lowering, Place, more, size},
    lowered::pooled,
    memory::invariant,
    shape::{Node, Shape, ShapeId},
    value::address_words,
};
use crate::{
    VmResult,
    code::{Arithmetic, Comparison, Integer, Op, Type, TypeKind},
};

/// Words of an element as instructions say it: 0 for bytes.
fn stride(shape: &Shape) -> VmResult<u16> {
    if shape.is_byte() { Ok(0) } else { size(shape) }
}

/// The offset of a field.
fn field_offset(
    variants: &[alloc::vec::Vec<(usize, ShapeId)>],
    variant: u16,
    field: u16,
) -> Option<u32> {
    let (offset, _) = variants
        .get(usize::from(variant))?
        .get(usize::from(field))?;
    u32::try_from(*offset).ok()
}

impl Lowering<'_, '_> {
    pub(super) fn op(&mut self, op: &Op) -> VmResult<()> {
        match op {
            Op::Nop => Ok(()),
            Op::Pop(_) => self.discard(),
            Op::Ret => self.lower_return(),
            Op::Branch(to) => {
                self.emit_jump(
                    Instr::Jump {
                        target: 0,
                        charge: 0,
                    },
                    *to,
                );
                Ok(())
            }
            Op::BrTrue(to) | Op::BrFalse(to) => {
                let on = self.slot(0)?;
                self.pop()?;
                let (target, charge) = (0, 0);
                let jump = match op {
                    Op::BrTrue(_) => Instr::JumpTrue { on, target, charge },
                    _ => Instr::JumpFalse { on, target, charge },
                };
                self.emit_jump(jump, *to);
                Ok(())
            }
            Op::LoadInteger(ty, bits) => {
                let shape = self.shape_of(ty.as_type())?;
                let limbs = bits.as_limbs();
                if ty.bits() <= 64 {
                    return self.push(Place::Const(limbs.first().copied().unwrap_or(0)), shape);
                }
                let words = size(&*self.shape(shape)?)?;
                let limbs = limbs.iter().take(usize::from(words)).copied().collect();
                self.constant_words(limbs, shape)
            }
            Op::LoadBool(value) => {
                let shape = self.bool_shape()?;
                self.push(Place::Const(u64::from(*value)), shape)
            }
            Op::LoadConstant(ty, bcs) => {
                let shape = self.shape_of(*ty)?;
                if *ty == Type::ADDRESS
                    && let Ok(address) = <[u8; 32]>::try_from(&**bcs)
                {
                    return self.constant_words(address_words(&address).to_vec(), shape);
                }
                let pool = pooled(&mut self.out.constants, (*ty, bcs.clone()))?;
                let to = self.room(size(&*self.shape(shape)?)?)?;
                self.emit(Instr::ConstBcs { to, pool });
                self.push(Place::Temp(to), shape)
            }
            Op::Cast { from, to } => self.cast(*from, *to),
            Op::CopyLoc(local) | Op::MoveLoc(local) => {
                let (slot, shape) = self.local(*local)?;
                let found = self.shape(shape)?;
                if !found.heap {
                    return self.push(Place::Local(slot), shape);
                }
                let words = size(&found)?;
                let to = self.room(words)?;
                self.emit(match op {
                    Op::CopyLoc(_) => Instr::Copy {
                        to,
                        from: slot,
                        shape,
                    },
                    _ => Instr::Take {
                        to,
                        from: slot,
                        words,
                    },
                });
                self.push(Place::Temp(to), shape)
            }
            Op::StLoc(local) => {
                let (slot, shape) = self.local(*local)?;
                let entry = self.pop()?;
                self.assign(entry, slot, shape)
            }
            Op::BorrowLoc { local, mutable } => {
                let (slot, shape) = self.local(*local)?;
                if *mutable {
                    let words = self.shape(shape)?.words;
                    self.settle(slot, words)?;
                }
                let shape = self.word_shape()?;
                self.push(Place::LocalRef(slot), shape)
            }
            Op::BorrowField {
                of,
                variants,
                field,
                ..
            } => self.borrow_field(*of, variants.as_deref(), *field),
            Op::ReadRef(ty) => self.read_ref(*ty),
            Op::WriteRef(ty) => self.write_ref(*ty),
            Op::FreezeRef => Ok(()),
            Op::Pack { of, variant } => self.pack(*of, *variant),
            Op::Unpack { of, variant } => self.unpack(*of, *variant),
            Op::TestVariant { of, variant } => self.test_variant(*of, *variant),
            Op::Arithmetic(op, ty) => self.arithmetic(*op, *ty),
            Op::Compare(op, ty) => self.compare(*op, *ty),
            Op::Negate(ty) => {
                let from = self.slot(0)?;
                let shape = self.pop()?.shape;
                let to = self.room(size(&*self.shape(shape)?)?)?;
                self.define(to, shape, Instr::Negate { ty: *ty, to, from })
            }
            Op::And | Op::Or => {
                let (left, right) = (self.slot(1)?, self.slot(0)?);
                self.pop_many(2)?;
                let to = self.room(1)?;
                let instr = match op {
                    Op::And => Instr::BitAnd { to, left, right },
                    _ => Instr::BitOr { to, left, right },
                };
                let shape = self.bool_shape()?;
                self.define(to, shape, instr)
            }
            Op::Not => {
                let from = self.slot(0)?;
                self.pop()?;
                let to = self.room(1)?;
                let shape = self.bool_shape()?;
                self.define(to, shape, Instr::Not { to, from })
            }
            Op::Eq(ty) => self.equality(*ty, false),
            Op::Neq(ty) => self.equality(*ty, true),
            Op::Abort => {
                let code = self.slot(0)?;
                self.pop()?;
                self.emit(Instr::Abort { code });
                Ok(())
            }
            Op::AbortMsg => {
                let (code, message) = (self.slot(1)?, self.slot(0)?);
                self.pop_many(2)?;
                self.emit(Instr::AbortMessage { code, message });
                Ok(())
            }
            Op::Exists(_) | Op::BorrowGlobal { .. } | Op::MoveFrom(_) | Op::MoveTo(_) => {
                self.global(op)
            }
            Op::VecPack { .. }
            | Op::VecLen { .. }
            | Op::VecBorrow { .. }
            | Op::VecPushBack { .. }
            | Op::VecPopBack { .. }
            | Op::VecUnpack { .. }
            | Op::VecSwap { .. } => self.vector(op),
            Op::Call(callee) => {
                let instance = self.rt.code.instance(*callee)?.clone();
                let mut results = alloc::vec::Vec::new();
                for ty in &instance.returns {
                    results.push(self.shape_of(*ty)?);
                }
                let window = self.gather(instance.parameters.len(), 0, 0)?;
                let operands = u16::try_from(self.stack.len()).unwrap_or(u16::MAX);
                self.emit(Instr::Call {
                    function: callee.0,
                    window,
                    operands,
                });
                self.push_results(window, &results)
            }
            Op::PackClosure { function, mask } => {
                self.out.captures_of(self.rt, *function, *mask)?;
                let start = self.stack.len().checked_sub(mask.count());
                let captured = start
                    .and_then(|start| self.stack.get(start..))
                    .unwrap_or_default();
                let words = captured
                    .iter()
                    .try_fold(0, |sum, e| more(sum, usize::from(e.words)))?;
                let to = self.gather(mask.count(), 0, 1)?;
                let pool = pooled(&mut self.out.closures, (*function, *mask))?;
                self.emit(Instr::PackClosure {
                    to,
                    from: to,
                    words,
                    pool,
                });
                let ty = self.closure_type()?;
                let shape = self.shape_of(ty)?;
                self.push(Place::Temp(to), shape)
            }
            Op::CallClosure(ty) => self.call_closure(*ty),
        }
    }

    fn local(&self, local: u8) -> VmResult<(Slot, ShapeId)> {
        let found = self.locals.get(usize::from(local)).copied();
        found.ok_or_else(|| invariant("there is no such local"))
    }

    /// The shape of everything that is one word without meaning: references.
    fn word_shape(&mut self) -> VmResult<ShapeId> {
        self.shape_of(Type::U64)
    }

    fn bool_shape(&mut self) -> VmResult<ShapeId> {
        self.shape_of(Type::BOOL)
    }

    /// A function type, whichever: all function values have one shape.
    fn closure_type(&mut self) -> VmResult<Type> {
        Ok(self
            .rt
            .code
            .types
            .intern(TypeKind::Function(crate::code::FunctionType {
                parameters: alloc::boxed::Box::default(),
                results: alloc::boxed::Box::default(),
                abilities: crate::format::AbilitySet::EMPTY,
            })))
    }

    fn constant_words(&mut self, words: alloc::vec::Vec<u64>, shape: ShapeId) -> VmResult<()> {
        let count = more(0, words.len())?;
        let to = self.room(count)?;
        let pool = pooled(&mut self.out.words, words)?;
        self.define(to, shape, Instr::ConstWords { to, pool })
    }

    fn discard(&mut self) -> VmResult<()> {
        let entry = self.peek(0)?;
        if self.shape(entry.shape)?.heap {
            let at = self.slot(0)?;
            self.emit(Instr::Drop {
                at,
                shape: entry.shape,
            });
        }
        self.pop().map(|_| ())
    }

    /// Stores an operand into a local, or a field of one.
    fn assign(&mut self, entry: Entry, slot: Slot, shape: ShapeId) -> VmResult<()> {
        let found = self.shape(shape)?;
        // The operand keeps its place while others move out of the way.
        self.stack.push(entry);
        self.settle(slot, found.words)?;
        let entry = self.pop()?;
        if found.heap {
            self.emit(Instr::Drop { at: slot, shape });
        }
        self.put_fresh(entry, slot)
    }

    fn lower_return(&mut self) -> VmResult<()> {
        let count = self.stack.len();
        let owned = self.locals.clone();
        let drops = |s: &mut Self| -> VmResult<()> {
            for (slot, shape) in owned {
                if s.shape(shape)?.heap {
                    s.emit(Instr::Drop { at: slot, shape });
                }
            }
            Ok(())
        };
        if count == 1 {
            let entry = self.peek(0)?;
            drops(self)?;
            self.pop()?;
            if let (Place::Temp(from) | Place::Local(from), 1) = (entry.place, entry.words)
                && from != 0
                && !self.is_fresh(from)
            {
                self.emit(Instr::ReturnWord { from });
                return Ok(());
            }
            self.put_fresh(entry, 0)?;
        } else {
            let entries = self.stack.iter();
            let words = entries.fold(0_usize, |sum, e| sum.saturating_add(usize::from(e.words)));
            let from = self.gather(count, 0, 0)?;
            drops(self)?;
            if words > 0 {
                self.emit(Instr::MoveWords {
                    to: 0,
                    from,
                    words: more(0, words)?,
                });
            }
        }
        self.emit(Instr::Return);
        Ok(())
    }

    /// An operand as a reference.
    fn as_reference(entry: Entry) -> Place {
        match entry.place {
            Place::Temp(slot) | Place::Local(slot) => Place::Ref(slot, 0),
            other => other,
        }
    }

    fn borrow_field(&mut self, of: Type, variants: Option<&[u16]>, field: u16) -> VmResult<()> {
        let shape = self.shape_of(of)?;
        let Node::Struct {
            boxed,
            variants: table,
            ..
        } = &self.shape(shape)?.node
        else {
            return Err(invariant("a struct is needed"));
        };
        let missing = || invariant("there is no such field");
        let word = self.word_shape()?;
        if let Some(allowed) = variants {
            let mut offsets = alloc::vec![None; table.len()];
            for variant in allowed {
                let offset = field_offset(table, *variant, field).ok_or_else(missing)?;
                if let Some(place) = offsets.get_mut(usize::from(*variant)) {
                    *place = Some(offset);
                }
            }
            let pool = pooled(&mut self.out.variants, offsets)?;
            let from = self.struct_reference(boxed.is_some())?;
            self.pop()?;
            let to = self.room(1)?;
            self.emit(Instr::BorrowVariant { to, from, pool });
            return self.push(Place::Ref(to, 0), word);
        }
        let offset = field_offset(table, 0, field).ok_or_else(missing)?;
        if boxed.is_some() {
            let handle = self.vector_handle(0)?;
            self.pop()?;
            let to = self.room(1)?;
            self.emit(Instr::RefInto { to, handle, offset });
            return self.push(Place::Ref(to, 0), word);
        }
        let place = match Self::as_reference(self.pop()?) {
            Place::LocalRef(slot) => Place::LocalRef(more(slot, offset as usize)?),
            Place::Ref(slot, before) => Place::Ref(slot, before.saturating_add(offset)),
            _ => return Err(invariant("a reference is needed")),
        };
        self.push(place, word)
    }

    /// The slot of a reference to the words of the struct that the topmost reference points to.
    fn struct_reference(&mut self, boxed: bool) -> VmResult<Slot> {
        if !boxed {
            return self.slot(0);
        }
        let handle = self.vector_handle(0)?;
        let to = self.room(1)?;
        self.emit(Instr::RefInto {
            to,
            handle,
            offset: 0,
        });
        self.set_place(0, Place::Temp(to));
        Ok(to)
    }

    /// The slot that holds the handle that a reference points to.
    fn vector_handle(&mut self, below: usize) -> VmResult<Slot> {
        match Self::as_reference(self.peek(below)?) {
            Place::LocalRef(slot) => Ok(slot),
            Place::Ref(from, offset) => {
                let to = self.room(1)?;
                self.emit(Instr::Load { to, from, offset });
                self.set_place(below, Place::Temp(to));
                Ok(to)
            }
            _ => Err(invariant("a reference is needed")),
        }
    }

    fn read_ref(&mut self, ty: Type) -> VmResult<()> {
        let shape = self.shape_of(ty)?;
        let found = self.shape(shape)?;
        let words = size(&found)?;
        match Self::as_reference(self.peek(0)?) {
            Place::LocalRef(slot) => {
                self.pop()?;
                if !found.heap {
                    return self.push(Place::Local(slot), shape);
                }
                let to = self.room(words)?;
                self.emit(Instr::Copy {
                    to,
                    from: slot,
                    shape,
                });
                self.push(Place::Temp(to), shape)
            }
            Place::Ref(..) if found.heap => {
                let from = self.slot(0)?;
                self.pop()?;
                let to = self.room(words)?;
                self.emit(Instr::CopyRef { to, from, shape });
                self.push(Place::Temp(to), shape)
            }
            Place::Ref(from, offset) => {
                self.pop()?;
                let to = self.room(words)?;
                let instr = if found.is_byte() && offset == 0 {
                    Instr::LoadByte { to, from }
                } else if words == 1 {
                    Instr::Load { to, from, offset }
                } else {
                    Instr::LoadWords {
                        to,
                        from,
                        offset,
                        words,
                    }
                };
                self.define(to, shape, instr)
            }
            _ => Err(invariant("a reference is needed")),
        }
    }

    fn write_ref(&mut self, ty: Type) -> VmResult<()> {
        let shape = self.shape_of(ty)?;
        let found = self.shape(shape)?;
        let words = size(&found)?;
        match Self::as_reference(self.peek(0)?) {
            Place::LocalRef(slot) => {
                self.pop()?;
                let entry = self.pop()?;
                self.assign(entry, slot, shape)
            }
            Place::Ref(..) if found.heap => {
                let (value, at) = (self.slot(1)?, self.slot(0)?);
                self.pop_many(2)?;
                self.emit(Instr::DropRef { at, shape });
                self.emit(Instr::StoreWords {
                    at,
                    offset: 0,
                    value,
                    words,
                });
                Ok(())
            }
            Place::Ref(at, offset) => {
                let value = self.slot(1)?;
                self.pop_many(2)?;
                self.emit(if found.is_byte() && offset == 0 {
                    Instr::StoreByte { at, value }
                } else if words == 1 {
                    Instr::Store { at, offset, value }
                } else {
                    Instr::StoreWords {
                        at,
                        offset,
                        value,
                        words,
                    }
                });
                Ok(())
            }
            _ => Err(invariant("a reference is needed")),
        }
    }

    fn pack(&mut self, of: Type, variant: Option<u16>) -> VmResult<()> {
        let shape = self.shape_of(of)?;
        let found = self.shape(shape)?;
        let Node::Struct {
            is_enum,
            boxed,
            variants,
        } = &found.node
        else {
            return Err(invariant("a struct is needed"));
        };
        let fields = variants.get(usize::from(variant.unwrap_or(0)));
        let count = fields
            .ok_or_else(|| invariant("there is no such variant"))?
            .len();
        let full = boxed.unwrap_or(found.words);
        let window = self.gather(count, Slot::from(*is_enum), full)?;
        if *is_enum {
            let value = u64::from(variant.unwrap_or(0));
            self.emit(Instr::Const { to: window, value });
        } else if count == 0 {
            self.emit(Instr::Const {
                to: window,
                value: 0,
            });
        }
        if boxed.is_some() {
            self.emit(Instr::Box {
                to: window,
                from: window,
                words: more(0, full)?,
            });
        }
        self.push(Place::Temp(window), shape)
    }

    fn unpack(&mut self, of: Type, variant: Option<u16>) -> VmResult<()> {
        let shape = self.shape_of(of)?;
        let found = self.shape(shape)?;
        let Node::Struct {
            is_enum,
            boxed,
            variants,
        } = &found.node
        else {
            return Err(invariant("a struct is needed"));
        };
        let fields = variants.get(usize::from(variant.unwrap_or(0)));
        let fields = fields
            .ok_or_else(|| invariant("there is no such variant"))?
            .clone();
        let mut slot = self.slot(0)?;
        let mut owned = matches!(self.peek(0)?.place, Place::Temp(_));
        self.pop()?;
        if let Some(full) = boxed {
            let words = more(0, *full)?;
            let to = self.room(words)?;
            self.emit(Instr::Unbox {
                to,
                from: slot,
                words,
            });
            (slot, owned) = (to, true);
        }
        if *is_enum {
            self.emit(Instr::CheckVariant {
                tag: slot,
                variant: variant.unwrap_or(0),
            });
        }
        for (offset, shape) in fields {
            let at = more(slot, offset)?;
            self.push(
                if owned {
                    Place::Temp(at)
                } else {
                    Place::Local(at)
                },
                shape,
            )?;
        }
        Ok(())
    }

    fn test_variant(&mut self, of: Type, variant: u16) -> VmResult<()> {
        let shape = self.shape_of(of)?;
        let Node::Struct { boxed, .. } = &self.shape(shape)?.node else {
            return Err(invariant("a struct is needed"));
        };
        let tag = match Self::as_reference(self.peek(0)?) {
            Place::LocalRef(slot) if boxed.is_none() => slot,
            _ => {
                let from = self.struct_reference(boxed.is_some())?;
                let to = self.room(1)?;
                self.emit(Instr::Load {
                    to,
                    from,
                    offset: 0,
                });
                self.set_place(0, Place::Temp(to));
                to
            }
        };
        self.pop()?;
        let to = self.room(1)?;
        self.emit(Instr::IsVariant { to, tag, variant });
        let shape = self.bool_shape()?;
        self.push(Place::Temp(to), shape)
    }

    fn cast(&mut self, from_type: Integer, to_type: Integer) -> VmResult<()> {
        let shape = self.shape_of(to_type.as_type())?;
        let small = |ty: Integer| !ty.is_signed() && ty.bits() <= 64;
        if small(from_type) && small(to_type) && to_type.bits() >= from_type.bits() {
            let place = self.pop()?.place;
            return self.push(place, shape);
        }
        let from = self.slot(0)?;
        self.pop()?;
        let to = self.room(size(&*self.shape(shape)?)?)?;
        let instr = if small(from_type) && small(to_type) {
            Instr::Fit {
                to,
                from,
                bits: to_type.bits() as u8,
            }
        } else {
            Instr::Cast {
                from_type,
                to_type,
                to,
                from,
            }
        };
        self.define(to, shape, instr)
    }

    fn arithmetic(&mut self, op: Arithmetic, ty: Integer) -> VmResult<()> {
        use Arithmetic as A;
        let shape = self.shape_of(ty.as_type())?;
        let commutes = matches!(op, A::Add | A::Mul | A::BitAnd | A::Xor);
        if commutes && matches!(self.peek(1)?.place, Place::Const(_)) {
            let (left, right) = (self.peek(1)?.place, self.peek(0)?.place);
            self.set_place(1, right);
            self.set_place(0, left);
        }
        let small = match self.peek(0)?.place {
            Place::Const(value) => u32::try_from(value).ok(),
            _ => None,
        };
        if let (Integer::U64, Some(right)) = (ty, small)
            && !matches!(op, A::BitOr | A::Shl | A::Shr)
        {
            let left = self.slot(1)?;
            self.pop_many(2)?;
            let to = self.room(1)?;
            let instr = match op {
                A::Add => Instr::AddConst { to, left, right },
                A::Sub => Instr::SubConst { to, left, right },
                A::Mul => Instr::MulConst { to, left, right },
                A::Div if right.is_power_of_two() => Instr::ShrConst {
                    to,
                    left,
                    right: right.trailing_zeros(),
                },
                A::Mod if right.is_power_of_two() => Instr::AndConst {
                    to,
                    left,
                    right: right.wrapping_sub(1),
                },
                A::Div => Instr::DivConst { to, left, right },
                A::Mod => Instr::ModConst { to, left, right },
                A::BitAnd => Instr::AndConst { to, left, right },
                _ => Instr::XorConst { to, left, right },
            };
            return self.define(to, shape, instr);
        }
        let (left, right) = (self.slot(1)?, self.slot(0)?);
        self.pop_many(2)?;
        let to = self.room(size(&*self.shape(shape)?)?)?;
        let one_word = ty.bits() <= 64;
        let unsigned = one_word && !ty.is_signed();
        let bits = ty.bits().min(64) as u8;
        let instr = match op {
            A::BitAnd if one_word => Instr::BitAnd { to, left, right },
            A::BitOr if one_word => Instr::BitOr { to, left, right },
            A::Xor if one_word => Instr::Xor { to, left, right },
            A::Sub if unsigned => Instr::Sub { to, left, right },
            A::Div if unsigned => Instr::Div { to, left, right },
            A::Mod if unsigned => Instr::Mod { to, left, right },
            A::Add if ty == Integer::U64 => Instr::Add { to, left, right },
            A::Mul if ty == Integer::U64 => Instr::Mul { to, left, right },
            A::Add | A::Mul | A::Shl | A::Shr if unsigned => Instr::Narrow {
                op,
                bits,
                to,
                left,
                right,
            },
            _ => Instr::Any {
                op,
                ty,
                to,
                left,
                right,
            },
        };
        self.define(to, shape, instr)
    }

    fn compare(&mut self, op: Comparison, ty: Integer) -> VmResult<()> {
        use Comparison as C;
        let simple = ty.bits() <= 64 && !ty.is_signed();
        let branch = match self.next_op() {
            Some(Op::BrTrue(to)) => Some((true, to)),
            Some(Op::BrFalse(to)) => Some((false, to)),
            _ => None,
        };
        if let (true, Some((on, to))) = (simple, branch) {
            return self.compare_and_jump(op, on, to);
        }
        let (left, right) = (self.slot(1)?, self.slot(0)?);
        self.pop_many(2)?;
        let to = self.room(1)?;
        let instr = match op {
            _ if !simple => Instr::Compare {
                op,
                ty,
                to,
                left,
                right,
            },
            C::Lt => Instr::Less { to, left, right },
            C::Gt => Instr::Less {
                to,
                left: right,
                right: left,
            },
            C::Le => Instr::LessEq { to, left, right },
            C::Ge => Instr::LessEq {
                to,
                left: right,
                right: left,
            },
        };
        let shape = self.bool_shape()?;
        self.define(to, shape, instr)
    }

    fn compare_and_jump(&mut self, op: Comparison, on: bool, to: u16) -> VmResult<()> {
        use Comparison as C;
        self.skip = true;
        let (target, charge) = (0, 0);
        if let Place::Const(value) = self.peek(0)?.place {
            let bound = match op {
                C::Lt | C::Ge => u32::try_from(value).ok(),
                C::Le | C::Gt => u32::try_from(value).ok().and_then(|v| v.checked_add(1)),
            };
            if let Some(right) = bound {
                let left = self.slot(1)?;
                self.pop_many(2)?;
                self.emit_jump(
                    if matches!(op, C::Lt | C::Le) == on {
                        Instr::JumpLessConst {
                            left,
                            right,
                            target,
                            charge,
                        }
                    } else {
                        Instr::JumpNotLessConst {
                            left,
                            right,
                            target,
                            charge,
                        }
                    },
                    to,
                );
                return Ok(());
            }
        }
        let (left, right) = (self.slot(1)?, self.slot(0)?);
        self.pop_many(2)?;
        let (l, r) = (left, right);
        let jump = match (op, on) {
            (C::Lt, true) | (C::Ge, false) => Instr::JumpLess {
                left: l,
                right: r,
                target,
                charge,
            },
            (C::Gt, true) | (C::Le, false) => Instr::JumpLess {
                left: r,
                right: l,
                target,
                charge,
            },
            (C::Le, true) | (C::Gt, false) => Instr::JumpLessEq {
                left: l,
                right: r,
                target,
                charge,
            },
            (C::Ge, true) | (C::Lt, false) => Instr::JumpLessEq {
                left: r,
                right: l,
                target,
                charge,
            },
        };
        self.emit_jump(jump, to);
        Ok(())
    }

    fn equality(&mut self, ty: Type, negated: bool) -> VmResult<()> {
        let referent = self.rt.code.types.referent(ty).map(|(inner, _)| inner);
        let shape = self.shape_of(referent.unwrap_or(ty))?;
        let found = self.shape(shape)?;
        let bool_shape = self.bool_shape()?;
        if let (None, Place::Const(value)) = (referent, self.peek(0)?.place)
            && let Ok(right) = u32::try_from(value)
            && found.words == 1
            && !matches!(self.next_op(), Some(Op::BrTrue(_) | Op::BrFalse(_)))
        {
            let left = self.slot(1)?;
            self.pop_many(2)?;
            let to = self.room(1)?;
            let instr = match negated {
                true => Instr::NotEqualConst { to, left, right },
                false => Instr::EqualConst { to, left, right },
            };
            return self.define(to, bool_shape, instr);
        }
        let (left, right) = (self.slot(1)?, self.slot(0)?);
        if referent.is_some() {
            self.pop_many(2)?;
            let to = self.room(1)?;
            self.emit(Instr::SameReferent {
                to,
                left,
                right,
                shape,
                negated,
            });
            return self.push(Place::Temp(to), bool_shape);
        }
        if found.words == 1 && !found.heap {
            if let Some(Op::BrTrue(target) | Op::BrFalse(target)) = self.next_op() {
                let on = matches!(self.next_op(), Some(Op::BrTrue(_)));
                self.skip = true;
                self.pop_many(2)?;
                self.emit_jump(
                    if on == negated {
                        Instr::JumpNotEqual {
                            left,
                            right,
                            target: 0,
                            charge: 0,
                        }
                    } else {
                        Instr::JumpEqual {
                            left,
                            right,
                            target: 0,
                            charge: 0,
                        }
                    },
                    target,
                );
                return Ok(());
            }
            self.pop_many(2)?;
            let to = self.room(1)?;
            let instr = match negated {
                true => Instr::NotEqual { to, left, right },
                false => Instr::Equal { to, left, right },
            };
            return self.define(to, bool_shape, instr);
        }
        // The result is kept above the operands, which may have to be dropped after it is known.
        let to = self.room(1)?;
        self.emit(Instr::SameValue {
            to,
            left,
            right,
            shape,
            negated,
        });
        if found.heap {
            self.emit(Instr::Drop { at: left, shape });
            self.emit(Instr::Drop { at: right, shape });
        }
        self.pop_many(2)?;
        self.push(Place::Temp(to), bool_shape)
    }

    fn global(&mut self, op: &Op) -> VmResult<()> {
        let (Op::Exists(of) | Op::BorrowGlobal { of, .. } | Op::MoveFrom(of) | Op::MoveTo(of)) = op
        else {
            return Err(invariant("not an instruction on resources"));
        };
        let shape = self.shape_of(*of)?;
        let ty = pooled(&mut self.out.types, (*of, shape))?;
        if matches!(op, Op::MoveTo(_)) {
            let (signer, value) = (self.slot(1)?, self.slot(0)?);
            self.pop_many(2)?;
            self.emit(Instr::MoveTo { signer, value, ty });
            return Ok(());
        }
        let address = self.slot(0)?;
        self.pop()?;
        let result = match op {
            Op::Exists(_) => self.bool_shape()?,
            Op::MoveFrom(_) => shape,
            _ => self.word_shape()?,
        };
        let to = self.room(size(&*self.shape(result)?)?)?;
        self.emit(match op {
            Op::Exists(_) => Instr::Exists { to, address, ty },
            Op::MoveFrom(_) => Instr::MoveFrom { to, address, ty },
            _ => {
                let mutable = matches!(op, Op::BorrowGlobal { mutable: true, .. });
                Instr::BorrowGlobal {
                    to,
                    address,
                    ty,
                    mutable,
                }
            }
        });
        self.push(Place::Temp(to), result)
    }

    fn vector(&mut self, op: &Op) -> VmResult<()> {
        let (Op::VecPack { element, .. }
        | Op::VecLen { element }
        | Op::VecBorrow { element, .. }
        | Op::VecPushBack { element }
        | Op::VecPopBack { element }
        | Op::VecUnpack { element, .. }
        | Op::VecSwap { element }) = op
        else {
            return Err(invariant("not an instruction on vectors"));
        };
        let shape = self.shape_of(*element)?;
        let found = self.shape(shape)?;
        let words = stride(&found)?;
        match op {
            Op::VecPack { count, .. } => {
                let ty = self.rt.code.types.vector(*element);
                let whole = self.shape_of(ty)?;
                let count = usize::try_from(*count).map_err(|_| invariant("too many elements"))?;
                let to = self.gather(count, 0, 1)?;
                if count == 0 {
                    self.emit(Instr::Const { to, value: 0 });
                } else {
                    let count = more(0, count)?;
                    self.emit(Instr::VecPack {
                        to,
                        from: to,
                        count,
                        element: shape,
                    });
                }
                self.push(Place::Temp(to), whole)
            }
            Op::VecUnpack { count, .. } => {
                let from = self.slot(0)?;
                self.pop()?;
                let count32 = u32::try_from(*count).map_err(|_| invariant("too many elements"))?;
                let all = found.words.saturating_mul(count32 as usize);
                let to = self.room(more(0, all)?)?;
                self.emit(Instr::VecUnpack {
                    to,
                    from,
                    count: count32,
                    element: shape,
                });
                let mut slot = to;
                for _ in 0..count32 {
                    self.push(Place::Temp(slot), shape)?;
                    slot = more(slot, found.words)?;
                }
                Ok(())
            }
            Op::VecLen { .. } => {
                let handle = self.vector_handle(0)?;
                self.pop()?;
                let to = self.room(1)?;
                let result = self.word_shape()?;
                self.define(to, result, Instr::VecLen { to, handle, words })
            }
            Op::VecBorrow { .. } => {
                let handle = self.vector_handle(1)?;
                let index = self.slot(0)?;
                self.pop_many(2)?;
                let reads = matches!(self.next_op(), Some(Op::ReadRef(_)));
                if reads && !found.heap && (words <= 1) {
                    self.skip = true;
                    let to = self.room(1)?;
                    let instr = match words {
                        0 => Instr::VecGetByte { to, handle, index },
                        _ => Instr::VecGet { to, handle, index },
                    };
                    return self.define(to, shape, instr);
                }
                let to = self.room(1)?;
                self.emit(Instr::VecBorrow {
                    to,
                    handle,
                    index,
                    words,
                });
                let result = self.word_shape()?;
                self.push(Place::Temp(to), result)
            }
            Op::VecPushBack { .. } => {
                let value = self.slot(0)?;
                match Self::as_reference(self.peek(1)?) {
                    Place::LocalRef(at) => self.emit(Instr::VecPush { at, value, words }),
                    _ => {
                        let at = self.slot(1)?;
                        self.emit(Instr::VecPushRef { at, value, words });
                    }
                }
                self.pop_many(2)
            }
            Op::VecPopBack { .. } => {
                let handle = self.vector_handle(0)?;
                self.pop()?;
                let to = self.room(size(&found)?)?;
                self.emit(Instr::VecPop { to, handle, words });
                self.push(Place::Temp(to), shape)
            }
            _ => {
                let handle = self.vector_handle(2)?;
                let (left, right) = (self.slot(1)?, self.slot(0)?);
                self.pop_many(3)?;
                self.emit(Instr::VecSwap {
                    handle,
                    left,
                    right,
                    words,
                });
                Ok(())
            }
        }
    }

    fn call_closure(&mut self, ty: Type) -> VmResult<()> {
        let TypeKind::Function(function) = self.rt.code.types.kind(ty).clone() else {
            return Err(invariant("a function type is needed"));
        };
        let mut results = alloc::vec::Vec::new();
        for ty in &function.results {
            results.push(self.shape_of(*ty)?);
        }
        let count = function.parameters.len();
        let start = self.stack.len().checked_sub(count.saturating_add(1));
        let start = start.ok_or_else(|| invariant("the operand stack is empty"))?;
        let mut words: Slot = 0;
        for entry in self.stack.iter().skip(start).take(count) {
            words = more(words, usize::from(entry.words))?;
        }
        let window = self.gather(count.saturating_add(1), 0, 0)?;
        let closure = more(window, usize::from(words))?;
        let operands = u16::try_from(self.stack.len()).unwrap_or(u16::MAX);
        self.emit(Instr::CallClosure {
            window,
            closure,
            operands,
        });
        self.push_results(window, &results)
    }
}
