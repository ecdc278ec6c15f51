//! Arithmetic, casts and comparison.

use super::{Lowering, Place, size};
use crate::{
    VmResult,
    code::{Arithmetic, Comparison, Integer, Op, Type},
    fast::instr::Instr,
};

impl Lowering<'_, '_> {
    pub(super) fn cast(&mut self, from_type: Integer, to_type: Integer) -> VmResult<()> {
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

    pub(super) fn arithmetic(&mut self, op: Arithmetic, ty: Integer) -> VmResult<()> {
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

    pub(super) fn compare(&mut self, op: Comparison, ty: Integer) -> VmResult<()> {
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

    pub(super) fn compare_and_jump(&mut self, op: Comparison, on: bool, to: u16) -> VmResult<()> {
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

    pub(super) fn equality(&mut self, ty: Type, negated: bool) -> VmResult<()> {
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
}
