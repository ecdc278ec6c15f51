//! What is done with whole values: copy, drop, compare, measure.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::{
    memory::{Heap, Memory, Region, invariant},
    shape::{Node, Shape, ShapeId, Shapes},
};
use crate::{
    U256, VmResult,
    code::{Code, InstanceId, Integer},
    format::ClosureMask,
    function_value,
    gas::HeapSize,
    integer,
};

/// All that is needed to walk through values.
pub(super) struct Walk<'a> {
    pub(super) shapes: &'a Shapes,
    pub(super) code: &'a Code,
    pub(super) captures: &'a Captures,
}

/// Shapes of what functions capture: filled when code that packs or reads function values is
/// lowered or decoded.
pub(super) type Captures = hashbrown::HashMap<(InstanceId, u64), Vec<ShapeId>>;

/// The words of a struct: those given, or those behind the handle.
pub(super) fn unboxed<'m>(
    heap: &'m Heap,
    words: &'m [u64],
    boxed: Option<usize>,
) -> VmResult<&'m [u64]> {
    match boxed {
        None => Ok(words),
        Some(_) => heap.words(handle(words)?).map(Vec::as_slice),
    }
}

pub(super) fn handle(words: &[u64]) -> VmResult<u64> {
    words
        .first()
        .copied()
        .ok_or_else(|| invariant("a handle is missing"))
}

fn part(words: &[u64], offset: usize, length: usize) -> VmResult<&[u64]> {
    let end = offset.saturating_add(length);
    words
        .get(offset..end)
        .ok_or_else(|| invariant("a value is incomplete"))
}

/// The fields that a struct has, given its words.
pub(super) fn fields<'s>(
    variants: &'s [Vec<(usize, ShapeId)>],
    is_enum: bool,
    words: &[u64],
) -> VmResult<&'s [(usize, ShapeId)]> {
    let variant = if is_enum { handle(words)? as usize } else { 0 };
    let fields = variants.get(variant).map(Vec::as_slice);
    fields.ok_or_else(|| invariant("an enum has no such variant"))
}

impl Walk<'_> {
    pub(super) fn shape(&self, id: ShapeId) -> VmResult<&Shape> {
        self.shapes.get(id).map(|shape| &**shape)
    }

    /// The function, the mask, and the shapes of what is captured.
    pub(super) fn closure<'w>(
        &self,
        words: &'w [u64],
    ) -> VmResult<(InstanceId, ClosureMask, &[ShapeId], &'w [u64])> {
        let [function, mask, captured @ ..] = words else {
            return Err(invariant("a function value is incomplete"));
        };
        let function = InstanceId(*function as u32);
        let shapes = self.captures.get(&(function, *mask));
        let shapes = shapes.ok_or_else(|| invariant("a function value is unknown"))?;
        Ok((function, ClosureMask(*mask), shapes, captured))
    }

    /// What is out of line, as gas counts it: see [`gas`](crate::gas).
    pub(super) fn heap_size(&self, heap: &Heap, words: &[u64], id: ShapeId) -> VmResult<HeapSize> {
        let shape = self.shape(id)?;
        let mut total = HeapSize::default();
        if !shape.heap {
            return Ok(total);
        }
        match &shape.node {
            Node::Vector(element) => {
                let content = heap.get(handle(words)?);
                total = HeapSize::region(match content {
                    Some(Region::Bytes(bytes)) => (bytes.len() as u64).div_ceil(8),
                    Some(Region::Words(items)) => items.len() as u64,
                    Some(Region::Free) | None => 0,
                });
                let inner = self.shape(*element)?;
                if let (Some(Region::Words(items)), true) = (content, inner.heap) {
                    for item in items.chunks(inner.words.max(1)) {
                        total.add(self.heap_size(heap, item, *element)?);
                    }
                }
            }
            Node::Closure => {
                total = HeapSize::region(0);
                let (_, _, shapes, captured) = self.closure(heap.words(handle(words)?)?)?;
                let mut offset = 0_usize;
                for id in shapes {
                    let length = self.shape(*id)?.words;
                    let value = part(captured, offset, length)?;
                    total.words = total.words.saturating_add(length as u64);
                    total.add(self.heap_size(heap, value, *id)?);
                    offset = offset.saturating_add(length);
                }
            }
            Node::Struct {
                is_enum,
                boxed,
                variants,
            } => {
                if let Some(full) = boxed {
                    total = HeapSize::region(*full as u64);
                }
                let inner = unboxed(heap, words, *boxed)?;
                for (offset, id) in fields(variants, *is_enum, inner)? {
                    let value = part(inner, *offset, self.shape(*id)?.words)?;
                    total.add(self.heap_size(heap, value, *id)?);
                }
            }
            Node::Bool | Node::Integer(_) | Node::Address | Node::Reference => {}
        }
        Ok(total)
    }

    /// How deep values are inside each other.
    pub(super) fn depth(&self, heap: &Heap, words: &[u64], id: ShapeId) -> VmResult<u16> {
        let shape = self.shape(id)?;
        let mut inner = 0_u16;
        match &shape.node {
            Node::Vector(element) => match heap.get(handle(words)?) {
                Some(Region::Bytes(bytes)) if !bytes.is_empty() => inner = 1,
                Some(Region::Words(items)) => {
                    for item in items.chunks(self.shape(*element)?.words.max(1)) {
                        inner = inner.max(self.depth(heap, item, *element)?);
                    }
                }
                _ => {}
            },
            Node::Closure => {
                let (_, _, shapes, captured) = self.closure(heap.words(handle(words)?)?)?;
                let mut offset = 0_usize;
                for id in shapes {
                    let length = self.shape(*id)?.words;
                    inner = inner.max(self.depth(heap, part(captured, offset, length)?, *id)?);
                    offset = offset.saturating_add(length);
                }
            }
            Node::Struct {
                is_enum,
                boxed,
                variants,
            } => {
                let all = unboxed(heap, words, *boxed)?;
                for (offset, id) in fields(variants, *is_enum, all)? {
                    let value = part(all, *offset, self.shape(*id)?.words)?;
                    inner = inner.max(self.depth(heap, value, *id)?);
                }
            }
            Node::Bool | Node::Integer(_) | Node::Address | Node::Reference => {}
        }
        Ok(inner.saturating_add(1))
    }

    /// Replaces the handles among some words by handles of copies.
    pub(super) fn copy(&self, heap: &mut Heap, words: &mut [u64], id: ShapeId) -> VmResult<()> {
        let shape = self.shape(id)?;
        if !shape.heap {
            return Ok(());
        }
        match &shape.node {
            Node::Vector(element) => {
                let old = handle(words)?;
                let copy = match heap.get(old) {
                    Some(Region::Bytes(bytes)) => Region::Bytes(bytes.clone()),
                    Some(Region::Words(items)) => {
                        let mut items = items.clone();
                        let inner = self.shape(*element)?;
                        if inner.heap {
                            for item in items.chunks_mut(inner.words.max(1)) {
                                self.copy(heap, item, *element)?;
                            }
                        }
                        Region::Words(items)
                    }
                    Some(Region::Free) | None => return Ok(()),
                };
                self.set_handle(heap, words, copy)
            }
            Node::Closure => {
                let mut copy = heap.words(handle(words)?)?.clone();
                let shapes = self.closure(&copy)?.2.to_vec();
                let mut offset = 2_usize;
                for id in shapes {
                    let end = offset.saturating_add(self.shape(id)?.words);
                    let value = copy.get_mut(offset..end);
                    self.copy(heap, value.ok_or_else(|| invariant("too short"))?, id)?;
                    offset = end;
                }
                self.set_handle(heap, words, Region::Words(copy))
            }
            Node::Struct {
                is_enum,
                boxed,
                variants,
            } => {
                if boxed.is_some() {
                    let mut copy = heap.words(handle(words)?)?.clone();
                    self.copy_fields(heap, &mut copy, *is_enum, variants)?;
                    return self.set_handle(heap, words, Region::Words(copy));
                }
                self.copy_fields(heap, words, *is_enum, variants)
            }
            Node::Bool | Node::Integer(_) | Node::Address | Node::Reference => Ok(()),
        }
    }

    fn set_handle(&self, heap: &mut Heap, words: &mut [u64], region: Region) -> VmResult<()> {
        let new = heap.allocate(region)?;
        *words
            .first_mut()
            .ok_or_else(|| invariant("a handle is missing"))? = new;
        Ok(())
    }

    fn copy_fields(
        &self,
        heap: &mut Heap,
        words: &mut [u64],
        is_enum: bool,
        variants: &[Vec<(usize, ShapeId)>],
    ) -> VmResult<()> {
        for (offset, id) in fields(variants, is_enum, words)? {
            let end = offset.saturating_add(self.shape(*id)?.words);
            let value = words.get_mut(*offset..end);
            self.copy(
                heap,
                value.ok_or_else(|| invariant("a value is incomplete"))?,
                *id,
            )?;
        }
        Ok(())
    }

    /// Frees what handles among some words own.
    pub(super) fn drop(&self, heap: &mut Heap, words: &[u64], id: ShapeId) -> VmResult<()> {
        let shape = self.shape(id)?;
        if !shape.heap {
            return Ok(());
        }
        match &shape.node {
            Node::Vector(element) => {
                if let Region::Words(items) = heap.take(handle(words)?) {
                    let inner = self.shape(*element)?;
                    if inner.heap {
                        for item in items.chunks(inner.words.max(1)) {
                            self.drop(heap, item, *element)?;
                        }
                    }
                }
            }
            Node::Closure => {
                if let Region::Words(items) = heap.take(handle(words)?) {
                    let (_, _, shapes, captured) = self.closure(&items)?;
                    let mut offset = 0_usize;
                    for id in shapes {
                        let length = self.shape(*id)?.words;
                        self.drop(heap, part(captured, offset, length)?, *id)?;
                        offset = offset.saturating_add(length);
                    }
                }
            }
            Node::Struct {
                is_enum,
                boxed,
                variants,
            } => {
                let taken;
                let mut inner = words;
                if boxed.is_some() {
                    let Region::Words(items) = heap.take(handle(words)?) else {
                        return Ok(());
                    };
                    taken = items;
                    inner = &taken;
                }
                for (offset, id) in fields(variants, *is_enum, inner)? {
                    let value = part(inner, *offset, self.shape(*id)?.words)?;
                    self.drop(heap, value, *id)?;
                }
            }
            Node::Bool | Node::Integer(_) | Node::Address | Node::Reference => {}
        }
        Ok(())
    }

    /// The order of two values of one shape.
    pub(super) fn order(
        &self,
        heap: &Heap,
        left: &[u64],
        right: &[u64],
        id: ShapeId,
    ) -> VmResult<Ordering> {
        let shape = self.shape(id)?;
        Ok(match &shape.node {
            Node::Bool => handle(left)?.cmp(&handle(right)?),
            Node::Integer(ty) => integer::order(*ty, bits(left), bits(right)),
            Node::Address => address(left)?.cmp(&address(right)?),
            Node::Reference => return Err(invariant("references cannot be compared")),
            Node::Vector(element) => {
                let (left, right) = (heap.get(handle(left)?), heap.get(handle(right)?));
                match (left, right) {
                    (Some(Region::Bytes(a)), Some(Region::Bytes(b))) => {
                        if matches!(self.shape(*element)?.node, Node::Integer(Integer::I8)) {
                            let signed = |v: &Vec<u8>| v.iter().map(|b| b.cast_signed()).collect();
                            let (a, b): (Vec<i8>, Vec<i8>) = (signed(a), signed(b));
                            return Ok(a.cmp(&b));
                        }
                        a.cmp(b)
                    }
                    (Some(Region::Words(a)), Some(Region::Words(b))) => {
                        let stride = self.shape(*element)?.words.max(1);
                        for (a, b) in a.chunks(stride).zip(b.chunks(stride)) {
                            match self.order(heap, a, b, *element)? {
                                Ordering::Equal => {}
                                unequal => return Ok(unequal),
                            }
                        }
                        a.len().cmp(&b.len())
                    }
                    (a, b) => length(a).cmp(&length(b)),
                }
            }
            Node::Closure => {
                let left = heap.words(handle(left)?)?;
                let right = heap.words(handle(right)?)?;
                let (f, m, shapes, a) = self.closure(left)?;
                let (g, n, _, b) = self.closure(right)?;
                let functions = function_value::order(self.code, (f, m), (g, n))?;
                if functions.is_ne() {
                    return Ok(functions);
                }
                let mut offset = 0_usize;
                for id in shapes {
                    let length = self.shape(*id)?.words;
                    let (a, b) = (part(a, offset, length)?, part(b, offset, length)?);
                    match self.order(heap, a, b, *id)? {
                        Ordering::Equal => {}
                        unequal => return Ok(unequal),
                    }
                    offset = offset.saturating_add(length);
                }
                Ordering::Equal
            }
            Node::Struct {
                is_enum,
                boxed,
                variants,
            } => {
                let left = unboxed(heap, left, *boxed)?;
                let right = unboxed(heap, right, *boxed)?;
                if *is_enum && handle(left)? != handle(right)? {
                    return Ok(handle(left)?.cmp(&handle(right)?));
                }
                for (offset, id) in fields(variants, *is_enum, left)? {
                    let length = self.shape(*id)?.words;
                    let (a, b) = (part(left, *offset, length)?, part(right, *offset, length)?);
                    match self.order(heap, a, b, *id)? {
                        Ordering::Equal => {}
                        unequal => return Ok(unequal),
                    }
                }
                Ordering::Equal
            }
        })
    }
}

/// The length of a vector's region, in bytes or words.
fn length(region: Option<&Region>) -> usize {
    match region {
        Some(Region::Bytes(bytes)) => bytes.len(),
        Some(Region::Words(words)) => words.len(),
        Some(Region::Free) | None => 0,
    }
}

/// The bits of an integer in up to four words.
pub(super) fn bits(words: &[u64]) -> U256 {
    let mut limbs = [0; 4];
    for (limb, word) in limbs.iter_mut().zip(words) {
        *limb = *word;
    }
    U256::from_limbs(limbs)
}

/// The bytes of an address in four words.
pub(super) fn address(words: &[u64]) -> VmResult<[u8; 32]> {
    let mut bytes = [0; 32];
    for (place, word) in bytes.chunks_mut(8).zip(part(words, 0, 4)?) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    Ok(bytes)
}

/// The four words of an address.
pub(super) fn address_words(bytes: &[u8; 32]) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks(8)) {
        let mut eight = [0; 8];
        eight.copy_from_slice(bytes);
        *word = u64::from_le_bytes(eight);
    }
    words
}

/// Frees what a value at a reference owns.
pub(super) fn drop_at(
    walk: &Walk<'_>,
    memory: &mut Memory,
    reference: u64,
    id: ShapeId,
) -> VmResult<()> {
    let words = walk.shape(id)?.words;
    let old = memory.at(reference, words)?.to_vec();
    walk.drop(&mut memory.heap, &old, id)
}
