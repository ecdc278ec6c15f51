//! References: to locals, fields and into boxes; reading and writing through them.

use super::{Entry, Lowering, Place, more, size};
use crate::{
    VmResult,
    code::Type,
    fast::{
        instr::{Instr, Slot},
        lowered::pooled,
        memory::invariant,
        shape::{Node, ShapeId},
    },
};

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
    /// An operand as a reference.
    pub(super) fn as_reference(entry: Entry) -> Place {
        match entry.place {
            Place::Temp(slot) | Place::Local(slot) => Place::Ref(slot, 0),
            other => other,
        }
    }

    pub(super) fn borrow_field(
        &mut self,
        of: Type,
        variants: Option<&[u16]>,
        field: u16,
    ) -> VmResult<()> {
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
    pub(super) fn struct_reference(&mut self, boxed: bool) -> VmResult<Slot> {
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
    pub(super) fn vector_handle(&mut self, below: usize) -> VmResult<Slot> {
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

    pub(super) fn read_ref(&mut self, ty: Type) -> VmResult<()> {
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

    pub(super) fn write_ref(&mut self, ty: Type) -> VmResult<()> {
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
}
