//! What each resolved instruction becomes.

use super::{Entry, Lowering, Place, more, size};
use crate::{
    VmResult,
    code::{Op, Type, TypeKind},
    fast::{
        instr::{Instr, Slot},
        lowered::pooled,
        memory::invariant,
        shape::ShapeId,
        value::address_words,
    },
};

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
                if matches!(op, Op::MoveLoc(_)) {
                    // Operands may still read fields of it.
                    self.settle(slot, found.words)?;
                }
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

    pub(super) fn local(&self, local: u8) -> VmResult<(Slot, ShapeId)> {
        let found = self.locals.get(usize::from(local)).copied();
        found.ok_or_else(|| invariant("there is no such local"))
    }

    /// The shape of everything that is one word without meaning: references.
    pub(super) fn word_shape(&mut self) -> VmResult<ShapeId> {
        self.shape_of(Type::U64)
    }

    pub(super) fn bool_shape(&mut self) -> VmResult<ShapeId> {
        self.shape_of(Type::BOOL)
    }

    /// A function type, whichever: all function values have one shape.
    pub(super) fn closure_type(&mut self) -> VmResult<Type> {
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

    pub(super) fn constant_words(
        &mut self,
        words: alloc::vec::Vec<u64>,
        shape: ShapeId,
    ) -> VmResult<()> {
        let count = more(0, words.len())?;
        let to = self.room(count)?;
        let pool = pooled(&mut self.out.words, words)?;
        self.define(to, shape, Instr::ConstWords { to, pool })
    }

    pub(super) fn discard(&mut self) -> VmResult<()> {
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
    pub(super) fn assign(&mut self, entry: Entry, slot: Slot, shape: ShapeId) -> VmResult<()> {
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

    pub(super) fn lower_return(&mut self) -> VmResult<()> {
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

    pub(super) fn global(&mut self, op: &Op) -> VmResult<()> {
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

    pub(super) fn call_closure(&mut self, ty: Type) -> VmResult<()> {
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
