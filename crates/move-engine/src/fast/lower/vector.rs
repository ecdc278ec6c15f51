//! Vectors.

use super::{Lowering, Place, more, size};
use crate::{
    VmResult,
    code::Op,
    fast::{instr::Instr, memory::invariant, shape::Shape},
};

/// Words of an element as instructions say it: 0 for bytes.
fn stride(shape: &Shape) -> VmResult<u16> {
    if shape.is_byte() { Ok(0) } else { size(shape) }
}

impl Lowering<'_, '_> {
    pub(super) fn vector(&mut self, op: &Op) -> VmResult<()> {
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
}
