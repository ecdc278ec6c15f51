//! Flat values from and to BCS.

use alloc::vec::Vec;

use super::{
    Lowered,
    memory::{Heap, Region, invariant},
    shape::{Node, ShapeId},
    value::{Walk, address, address_words, bits, fields, handle, unboxed},
};
use crate::{
    StatusCode, U256, VmError, VmResult,
    bcs::{Reader, put_bytes, put_uleb},
    code::Type,
    function_value::{self, Serializable},
    machine::Runtime,
};

/// Reads a value of the type, and nothing after it.
pub(super) fn decode(
    rt: &mut Runtime<'_>,
    lowered: &mut Lowered,
    heap: &mut Heap,
    ty: Type,
    bcs: &[u8],
) -> VmResult<Vec<u64>> {
    let id = lowered.shapes.of(rt.code, rt.engine, ty)?;
    let mut reader = Reader::new(bcs);
    let mut words = Vec::new();
    let depth = rt.engine.limits.value_depth;
    let mut decoder = Decoder { rt, lowered, heap };
    decoder.read(id, &mut reader, depth, &mut words)?;
    reader.end()?;
    Ok(words)
}

/// Counts what it allocates.
struct Decoder<'a, 'r> {
    rt: &'a mut Runtime<'r>,
    lowered: &'a mut Lowered,
    heap: &'a mut Heap,
}

impl Decoder<'_, '_> {
    fn count(&mut self, words: usize) -> VmResult<()> {
        let words = (words as u64).saturating_add(1);
        self.rt.gas.allocate(&self.rt.engine.limits, words)
    }

    fn read(
        &mut self,
        id: ShapeId,
        reader: &mut Reader<'_>,
        depth: u16,
        out: &mut Vec<u64>,
    ) -> VmResult<()> {
        let depth = depth
            .checked_sub(1)
            .ok_or(StatusCode::VmMaxValueDepthReached)?;
        let shape = self.lowered.shapes.get(id)?.clone();
        match &shape.node {
            Node::Bool => out.push(u64::from(reader.bool()?)),
            Node::Integer(integer) => {
                let value = U256::from_le_slice(reader.take(usize::from(integer.bits() / 8))?);
                out.extend(value.as_limbs().iter().take(shape.words));
            }
            Node::Address => out.extend(address_words(&reader.address()?.0)),
            Node::Vector(element) => {
                let length = reader.uleb()? as usize;
                let inner = self.lowered.shapes.get(*element)?.clone();
                if length == 0 {
                    self.count(0)?;
                    out.push(0);
                    return Ok(());
                }
                if inner.is_byte() {
                    let _ = depth
                        .checked_sub(1)
                        .ok_or(StatusCode::VmMaxValueDepthReached)?;
                    let bytes = reader.take(length)?.to_vec();
                    if matches!(inner.node, Node::Bool) && bytes.iter().any(|b| *b > 1) {
                        let error = VmError::new(StatusCode::ValueDeserializationError);
                        return Err(error.with_message("a bool is neither 0 nor 1"));
                    }
                    self.count(length.div_ceil(8))?;
                    out.push(self.heap.allocate(Region::Bytes(bytes))?);
                    return Ok(());
                }
                let mut items = Vec::new();
                for _ in 0..length {
                    self.read(*element, reader, depth, &mut items)?;
                }
                self.count(items.len())?;
                out.push(self.heap.allocate(Region::Words(items))?);
            }
            Node::Struct {
                is_enum,
                boxed,
                variants,
            } => {
                let mut words = Vec::new();
                let mut variant = 0;
                if *is_enum {
                    variant = reader.uleb()? as usize;
                    words.push(variant as u64);
                }
                let Some(fields) = variants.get(variant) else {
                    let error = VmError::new(StatusCode::ValueDeserializationError);
                    return Err(error.with_message("an enum has no such variant"));
                };
                for (_, field) in fields {
                    self.read(*field, reader, depth, &mut words)?;
                }
                words.resize(boxed.unwrap_or(shape.words).max(words.len()), 0);
                match boxed {
                    Some(full) => {
                        self.count(*full)?;
                        out.push(self.heap.allocate(Region::Words(words))?);
                    }
                    None => out.extend(words),
                }
            }
            Node::Closure => {
                let head = function_value::read(self.rt, shape.ty, reader)?;
                let shapes = self
                    .lowered
                    .captures_of(self.rt, head.function, head.mask)?;
                let mut words = alloc::vec![u64::from(head.function.0), head.mask.0];
                for id in shapes {
                    self.read(id, reader, depth, &mut words)?;
                }
                self.count(words.len().saturating_sub(2))?;
                out.push(self.heap.allocate(Region::Words(words))?);
            }
            Node::Reference => return Err(invariant("references are not in BCS")),
        }
        Ok(())
    }
}

impl Walk<'_> {
    /// Appends the BCS of a value.
    pub(super) fn encode(
        &self,
        heap: &Heap,
        allowed: Serializable,
        words: &[u64],
        id: ShapeId,
        out: &mut Vec<u8>,
    ) -> VmResult<()> {
        let inside = allowed.inside()?;
        let shape = self.shape(id)?;
        match &shape.node {
            Node::Bool => out.push(handle(words)? as u8),
            Node::Integer(integer) => {
                let bytes = bits(words).to_le_bytes::<32>();
                out.extend(bytes.iter().take(usize::from(integer.bits() / 8)));
            }
            Node::Address => out.extend(address(words)?),
            Node::Vector(element) => match heap.get(handle(words)?) {
                Some(Region::Bytes(bytes)) => {
                    if !bytes.is_empty() {
                        inside.inside()?;
                    }
                    put_bytes(out, bytes);
                }
                Some(Region::Words(items)) => {
                    let stride = self.shape(*element)?.words.max(1);
                    put_uleb(out, (items.len() / stride) as u64);
                    for item in items.chunks(stride) {
                        self.encode(heap, inside, item, *element, out)?;
                    }
                }
                Some(Region::Free) | None => out.push(0),
            },
            Node::Struct {
                is_enum,
                boxed,
                variants,
            } => {
                let inner = unboxed(heap, words, *boxed)?;
                if *is_enum {
                    put_uleb(out, handle(inner)?);
                }
                for (offset, id) in fields(variants, *is_enum, inner)? {
                    let end = offset.saturating_add(self.shape(*id)?.words);
                    let value = inner.get(*offset..end);
                    let value = value.ok_or_else(|| invariant("a value is incomplete"))?;
                    self.encode(heap, inside, value, *id, out)?;
                }
            }
            Node::Closure => {
                let (function, mask, shapes, mut captured) =
                    self.closure(heap.words(handle(words)?)?)?;
                let mut types = Vec::new();
                for id in shapes {
                    types.push(self.shape(*id)?.ty);
                }
                function_value::write(self.code, allowed, function, mask, &types, out)?;
                for id in shapes {
                    let split = captured.split_at_checked(self.shape(*id)?.words);
                    let (value, rest) = split.ok_or_else(|| invariant("too short"))?;
                    self.encode(heap, inside, value, *id, out)?;
                    captured = rest;
                }
            }
            Node::Reference => return Err(invariant("references are not in BCS")),
        }
        Ok(())
    }
}
