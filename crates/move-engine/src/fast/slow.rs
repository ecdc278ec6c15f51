//! Instructions that move many words or touch values out of line.

use alloc::vec::Vec;

use super::{
    Fast, Lowered,
    encoding::decode,
    instr::{Instr, Slot},
    memory::{Memory, Region, invariant, reference},
    run::vector_failure,
    scalar,
    shape::ShapeId,
    value::{Walk, drop_at},
};
use crate::{
    Address, StatusCode, VmError, VmResult,
    code::{GlobalKey, Type},
    machine::Runtime,
    vector_error,
};

impl Fast {
    fn slots(&self, base: usize, slot: Slot, words: usize) -> VmResult<&[u64]> {
        let start = base.saturating_add(usize::from(slot));
        let words = self.memory.stack.get(start..start.saturating_add(words));
        words.ok_or_else(|| invariant("a slot is missing"))
    }

    fn put(&mut self, base: usize, slot: Slot, words: &[u64]) -> VmResult<()> {
        let start = base.saturating_add(usize::from(slot));
        let place = self
            .memory
            .stack
            .get_mut(start..start.saturating_add(words.len()));
        place
            .ok_or_else(|| invariant("a slot is missing"))?
            .copy_from_slice(words);
        Ok(())
    }

    fn word(&self, base: usize, slot: Slot) -> VmResult<u64> {
        self.slots(base, slot, 1)?
            .first()
            .copied()
            .ok_or_else(|| invariant("a slot is missing"))
    }

    /// The words of the value at a reference, copied, with the heap words charged.
    fn copy_at(
        &mut self,
        rt: &mut Runtime<'_>,
        lowered: &Lowered,
        at: u64,
        shape: ShapeId,
    ) -> VmResult<Vec<u64>> {
        let walk = Walk {
            shapes: &lowered.shapes,
            code: rt.code,
            captures: &lowered.captures,
        };
        let words = walk.shape(shape)?.words;
        let Memory { .. } = self.memory;
        let mut copy = self.memory.at(at, words)?.to_vec();
        let size = walk.heap_size(&self.memory.heap, &copy, shape)?;
        rt.gas.charge(rt.engine.gas.copying(size))?;
        rt.gas.allocate(&rt.engine.limits, size.words)?;
        walk.copy(&mut self.memory.heap, &mut copy, shape)?;
        Ok(copy)
    }

    fn global(
        &mut self,
        rt: &mut Runtime<'_>,
        lowered: &mut Lowered,
        address: [u8; 32],
        ty: u32,
    ) -> VmResult<usize> {
        let known = lowered.types.get(ty as usize).copied();
        let (ty, _): (Type, ShapeId) = known.ok_or_else(|| invariant("a type is missing"))?;
        self.check_access(rt, ty)?;
        let key = GlobalKey::Resource(Address(address));
        self.globals.find(rt, lowered, &mut self.memory, key, ty)
    }

    fn address(&self, base: usize, slot: Slot) -> VmResult<[u8; 32]> {
        super::value::address(self.slots(base, slot, 4)?)
    }

    /// Whether two values are the same; the left one's heap words are charged.
    fn same(
        &self,
        rt: &mut Runtime<'_>,
        lowered: &Lowered,
        left: &[u64],
        right: &[u64],
        shape: ShapeId,
    ) -> VmResult<bool> {
        let walk = Walk {
            shapes: &lowered.shapes,
            code: rt.code,
            captures: &lowered.captures,
        };
        let size = walk.heap_size(&self.memory.heap, left, shape)?;
        rt.gas.charge(rt.engine.gas.comparing(size))?;
        Ok(walk.order(&self.memory.heap, left, right, shape)?.is_eq())
    }

    pub(super) fn slow(
        &mut self,
        rt: &mut Runtime<'_>,
        lowered: &mut Lowered,
        base: usize,
        instr: Instr,
    ) -> VmResult<()> {
        let gone = || invariant("a pool has no such entry");
        match instr {
            Instr::ConstWords { to, pool, .. } => {
                let words = lowered.words.get(pool as usize).ok_or_else(gone)?;
                self.put(base, to, words)
            }
            Instr::ConstBcs { to, pool } => {
                let (ty, bcs) = lowered
                    .constants
                    .get(pool as usize)
                    .cloned()
                    .ok_or_else(gone)?;
                let words = decode(rt, lowered, &mut self.memory.heap, ty, &bcs)?;
                self.put(base, to, &words)
            }
            Instr::Zero { at, words } => {
                let start = base.saturating_add(usize::from(at));
                let place = self
                    .memory
                    .stack
                    .get_mut(start..start.saturating_add(usize::from(words)));
                place.ok_or_else(|| invariant("a slot is missing"))?.fill(0);
                Ok(())
            }
            Instr::MoveWords { to, from, words } => self.move_words(base, to, from, words),
            Instr::Take { to, from, words } => {
                self.move_words(base, to, from, words)?;
                self.slow(rt, lowered, base, Instr::Zero { at: from, words })
            }
            Instr::Copy { to, from, shape } => {
                let at = reference(0, base.saturating_add(usize::from(from)) as u64);
                let copy = self.copy_at(rt, lowered, at, shape)?;
                self.put(base, to, &copy)
            }
            Instr::CopyRef { to, from, shape } => {
                let at = self.word(base, from)?;
                let copy = self.copy_at(rt, lowered, at, shape)?;
                self.put(base, to, &copy)
            }
            Instr::Drop { at, shape } => {
                let at = reference(0, base.saturating_add(usize::from(at)) as u64);
                self.drop_value(rt, lowered, at, shape)
            }
            Instr::DropRef { at, shape } => {
                let at = self.word(base, at)?;
                self.drop_value(rt, lowered, at, shape)
            }
            Instr::Any {
                op,
                ty,
                to,
                left,
                right,
            } => {
                let size = scalar::words(ty);
                let shift = matches!(
                    op,
                    crate::code::Arithmetic::Shl | crate::code::Arithmetic::Shr
                );
                let right = self.slots(base, right, if shift { 1 } else { size })?;
                let result = scalar::any(op, ty, self.slots(base, left, size)?, right)?;
                self.put(base, to, result.get(..size).unwrap_or_default())
            }
            Instr::Negate { ty, to, from } => {
                let size = scalar::words(ty);
                let result = scalar::negate(ty, self.slots(base, from, size)?)?;
                self.put(base, to, result.get(..size).unwrap_or_default())
            }
            Instr::Cast {
                from_type,
                to_type,
                to,
                from,
            } => {
                let words = self.slots(base, from, scalar::words(from_type))?;
                let result = scalar::cast(from_type, to_type, words)?;
                self.put(
                    base,
                    to,
                    result.get(..scalar::words(to_type)).unwrap_or_default(),
                )
            }
            Instr::Compare {
                op,
                ty,
                to,
                left,
                right,
            } => {
                let size = scalar::words(ty);
                let (left, right) = (
                    self.slots(base, left, size)?,
                    self.slots(base, right, size)?,
                );
                let holds = scalar::compare(op, ty, left, right);
                self.put(base, to, &[u64::from(holds)])
            }
            Instr::SameValue {
                to,
                left,
                right,
                shape,
                negated,
            } => {
                let size = lowered.shapes.get(shape)?.words;
                let (left, right) = (
                    self.slots(base, left, size)?,
                    self.slots(base, right, size)?,
                );
                let same = self.same(rt, lowered, left, right, shape)?;
                self.put(base, to, &[u64::from(same != negated)])
            }
            Instr::SameReferent {
                to,
                left,
                right,
                shape,
                negated,
            } => {
                let (left, right) = (self.word(base, left)?, self.word(base, right)?);
                let found = lowered.shapes.get(shape)?.clone();
                let same = if found.is_byte() {
                    self.memory.load_byte(left)? == self.memory.load_byte(right)?
                } else {
                    let left = self.memory.at(left, found.words)?;
                    let right = self.memory.at(right, found.words)?;
                    self.same(rt, lowered, left, right, shape)?
                };
                self.put(base, to, &[u64::from(same != negated)])
            }
            Instr::LoadWords {
                to,
                from,
                offset,
                words,
            } => {
                let at = self.word(base, from)?.wrapping_add(u64::from(offset));
                let copy = self.memory.at(at, usize::from(words))?.to_vec();
                self.put(base, to, &copy)
            }
            Instr::StoreWords {
                at,
                offset,
                value,
                words,
            } => {
                let at = self.word(base, at)?.wrapping_add(u64::from(offset));
                let copy = self.slots(base, value, usize::from(words))?.to_vec();
                self.memory.at_mut(at, copy.len())?.copy_from_slice(&copy);
                Ok(())
            }
            Instr::Box { to, from, words } => {
                let size = u64::from(words).saturating_add(1);
                rt.gas.allocate(&rt.engine.limits, size)?;
                let content = self.slots(base, from, usize::from(words))?.to_vec();
                let handle = self.memory.heap.allocate(Region::Words(content))?;
                self.put(base, to, &[handle])
            }
            Instr::Unbox { to, from, words } => {
                let handle = self.word(base, from)?;
                let Region::Words(mut content) = self.memory.heap.take(handle) else {
                    return Err(invariant("a struct is missing"));
                };
                content.resize(usize::from(words), 0);
                self.put(base, to, &content)
            }
            Instr::CheckVariant { tag, variant } => {
                if self.word(base, tag)? == u64::from(variant) {
                    return Ok(());
                }
                Err(StatusCode::StructVariantMismatch.into())
            }
            Instr::IsVariant { to, tag, variant } => {
                let is = self.word(base, tag)? == u64::from(variant);
                self.put(base, to, &[u64::from(is)])
            }
            Instr::BorrowVariant { to, from, pool } => {
                let at = self.word(base, from)?;
                let variant = self.memory.load(at)?;
                let offsets = lowered.variants.get(pool as usize).ok_or_else(gone)?;
                let Some(offset) = offsets.get(variant as usize).copied().flatten() else {
                    return Err(StatusCode::StructVariantMismatch.into());
                };
                self.put(base, to, &[at.wrapping_add(u64::from(offset))])
            }
            Instr::VecPack { .. }
            | Instr::VecUnpack { .. }
            | Instr::VecPop { .. }
            | Instr::VecSwap { .. } => self.slow_vector(rt, lowered, base, instr),
            Instr::Exists { to, address, ty } => {
                let address = self.address(base, address)?;
                let number = self.global(rt, lowered, address, ty)?;
                let exists = self.globals.exists(number)?;
                self.put(base, to, &[u64::from(exists)])
            }
            Instr::BorrowGlobal {
                to,
                address,
                ty,
                mutable,
            } => {
                let address = self.address(base, address)?;
                let number = self.global(rt, lowered, address, ty)?;
                let borrowed = self.globals.borrow(number, mutable)?;
                self.put(base, to, &[borrowed])
            }
            Instr::MoveFrom { to, address, ty } => {
                let address = self.address(base, address)?;
                let number = self.global(rt, lowered, address, ty)?;
                let words = self.globals.take(&mut self.memory, number)?;
                self.put(base, to, &words)
            }
            Instr::MoveTo { signer, value, ty } => {
                let signer = self.word(base, signer)?;
                let address = super::value::address(self.memory.at(signer, 4)?)?;
                let number = self.global(rt, lowered, address, ty)?;
                let known = lowered.types.get(ty as usize).copied();
                let (_, shape) = known.ok_or_else(gone)?;
                let size = lowered.shapes.get(shape)?.words;
                let words = self.slots(base, value, size)?.to_vec();
                self.globals.put(&mut self.memory, number, words)
            }
            Instr::PackClosure {
                to,
                from,
                words,
                pool,
            } => {
                let known = lowered.closures.get(pool as usize).copied();
                let (function, mask) = known.ok_or_else(gone)?;
                let size = u64::from(words).saturating_add(1);
                rt.gas.allocate(&rt.engine.limits, size)?;
                let mut content = alloc::vec![u64::from(function.0), mask.0];
                content.extend(self.slots(base, from, usize::from(words))?);
                let handle = self.memory.heap.allocate(Region::Words(content))?;
                self.put(base, to, &[handle])?;
                self.check_depth(rt, lowered, handle)
            }
            Instr::AbortMessage { code, message } => {
                Err(self.abort_with_message(rt, base, code, message)?)
            }
            _ => Err(invariant("not a slow instruction")),
        }
    }

    fn move_words(&mut self, base: usize, to: Slot, from: Slot, words: u16) -> VmResult<()> {
        let start = base.saturating_add(usize::from(from));
        let end = start.saturating_add(usize::from(words));
        let to = base.saturating_add(usize::from(to));
        if end.max(to.saturating_add(usize::from(words))) > self.memory.stack.len() {
            return Err(invariant("a slot is missing"));
        }
        self.memory.stack.copy_within(start..end, to);
        Ok(())
    }

    fn drop_value(
        &mut self,
        rt: &Runtime<'_>,
        lowered: &Lowered,
        at: u64,
        shape: ShapeId,
    ) -> VmResult<()> {
        let walk = Walk {
            shapes: &lowered.shapes,
            code: rt.code,
            captures: &lowered.captures,
        };
        drop_at(&walk, &mut self.memory, at, shape)
    }

    /// Function values are the only values whose depth is not known before they are made. Looking
    /// at what they capture is charged.
    fn check_depth(&self, rt: &mut Runtime<'_>, lowered: &Lowered, handle: u64) -> VmResult<()> {
        let walk = Walk {
            shapes: &lowered.shapes,
            code: rt.code,
            captures: &lowered.captures,
        };
        let (_, _, shapes, mut captured) = walk.closure(self.memory.heap.words(handle)?)?;
        let mut depth = 1_u16;
        for id in shapes {
            let split = captured.split_at_checked(walk.shape(*id)?.words);
            let (value, rest) = split.ok_or_else(|| invariant("too short"))?;
            let size = walk.heap_size(&self.memory.heap, value, *id)?;
            rt.gas.charge(rt.engine.gas.comparing(size))?;
            depth = depth.max(walk.depth(&self.memory.heap, value, *id)?.saturating_add(1));
            captured = rest;
        }
        if depth > rt.engine.limits.value_depth {
            return Err(StatusCode::VmMaxValueDepthReached.into());
        }
        Ok(())
    }

    fn abort_with_message(
        &self,
        rt: &Runtime<'_>,
        base: usize,
        code: Slot,
        message: Slot,
    ) -> VmResult<VmError> {
        let (code, message) = (self.word(base, code)?, self.word(base, message)?);
        let bytes = match self.memory.heap.get(message) {
            Some(Region::Bytes(bytes)) => bytes.as_slice(),
            _ => &[],
        };
        if bytes.len() > rt.engine.limits.abort_message {
            return Ok(StatusCode::AbortMessageLimitExceeded.into());
        }
        Ok(match core::str::from_utf8(bytes) {
            Ok(message) => VmError::abort(code).with_message(message),
            Err(_) => StatusCode::InvalidAbortMessage.into(),
        })
    }

    fn slow_vector(
        &mut self,
        rt: &mut Runtime<'_>,
        lowered: &Lowered,
        base: usize,
        instr: Instr,
    ) -> VmResult<()> {
        let out_of_bounds = || vector_failure(vector_error::INDEX_OUT_OF_BOUNDS);
        match instr {
            Instr::VecPack {
                to,
                from,
                count,
                element,
            } => {
                let shape = lowered.shapes.get(element)?;
                let words = usize::from(count).saturating_mul(shape.words);
                let size = (words as u64).saturating_add(1);
                rt.gas.allocate(&rt.engine.limits, size)?;
                let items = self.slots(base, from, words)?;
                let region = if shape.is_byte() {
                    Region::Bytes(items.iter().map(|word| *word as u8).collect())
                } else {
                    Region::Words(items.to_vec())
                };
                let handle = self.memory.heap.allocate(region)?;
                self.put(base, to, &[handle])
            }
            Instr::VecUnpack {
                to,
                from,
                count,
                element,
            } => {
                let shape = lowered.shapes.get(element)?;
                let items = match self.memory.heap.take(self.word(base, from)?) {
                    Region::Bytes(bytes) => bytes.into_iter().map(u64::from).collect(),
                    Region::Words(words) => words,
                    Region::Free => Vec::new(),
                };
                if items.len() != shape.words.max(1).saturating_mul(count as usize) {
                    return Err(vector_failure(vector_error::UNPACK_PARITY));
                }
                self.put(base, to, &items)
            }
            Instr::VecPop { to, handle, words } => {
                let handle = self.word(base, handle)?;
                let empty = || vector_failure(vector_error::POP_EMPTY);
                if handle == 0 {
                    return Err(empty());
                }
                if words == 0 {
                    let byte = self
                        .memory
                        .heap
                        .bytes_mut(handle)?
                        .pop()
                        .ok_or_else(empty)?;
                    return self.put(base, to, &[u64::from(byte)]);
                }
                let items = self.memory.heap.words_mut(handle)?;
                let start = items
                    .len()
                    .checked_sub(usize::from(words))
                    .ok_or_else(empty)?;
                let element = items.split_off(start);
                self.put(base, to, &element)
            }
            Instr::VecSwap {
                handle,
                left,
                right,
                words,
            } => {
                let handle = self.word(base, handle)?;
                let (left, right) = (self.word(base, left)?, self.word(base, right)?);
                let index = |n: u64, length: usize| {
                    usize::try_from(n)
                        .ok()
                        .filter(|n| *n < length)
                        .ok_or_else(out_of_bounds)
                };
                if handle == 0 {
                    return Err(out_of_bounds());
                }
                if words == 0 {
                    let items = self.memory.heap.bytes_mut(handle)?;
                    let (left, right) = (index(left, items.len())?, index(right, items.len())?);
                    items.swap(left, right);
                    return Ok(());
                }
                let size = usize::from(words);
                let items = self.memory.heap.words_mut(handle)?;
                let length = items.len() / size;
                let (left, right) = (index(left, length)?, index(right, length)?);
                for n in 0..size {
                    let at = |i: usize| i.saturating_mul(size).saturating_add(n);
                    items.swap(at(left), at(right));
                }
                Ok(())
            }
            _ => Err(invariant("not a vector instruction")),
        }
    }
}
