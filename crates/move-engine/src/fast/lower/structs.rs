//! Structs and variants: packing, unpacking, testing.

use super::{Lowering, Place, more};
use crate::{
    VmResult,
    code::Type,
    fast::{
        instr::{Instr, Slot},
        memory::invariant,
        shape::Node,
    },
};

impl Lowering<'_, '_> {
    pub(super) fn pack(&mut self, of: Type, variant: Option<u16>) -> VmResult<()> {
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

    pub(super) fn unpack(&mut self, of: Type, variant: Option<u16>) -> VmResult<()> {
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
        // What defined the struct defines all fields: it cannot be renamed for one of them.
        self.forget_fresh();
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

    pub(super) fn test_variant(&mut self, of: Type, variant: u16) -> VmResult<()> {
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
}
