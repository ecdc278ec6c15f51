//! Values from and to BCS.

use alloc::{boxed::Box, vec::Vec};

use super::value::{Closure, Value, mismatch};
use crate::{
    StatusCode, U256, VmError, VmResult,
    bcs::{Reader, put_uleb},
    code::{Code, INLINE_WORDS_MAX, Type, TypeKind},
    function_value::{self, Serializable},
    machine::Runtime,
};

/// Reads a value of the type, and nothing after it.
pub(super) fn decode(rt: &mut Runtime<'_>, ty: Type, bcs: &[u8]) -> VmResult<Value> {
    let mut reader = Reader::new(bcs);
    let value = read(rt, ty, &mut reader, rt.engine.limits.value_depth)?;
    reader.end()?;
    Ok(value)
}

/// Counts what the fast interpreter keeps out of line.
fn count(rt: &mut Runtime<'_>, words: u64) -> VmResult<()> {
    rt.gas.allocate(&rt.engine.limits, words.saturating_add(1))
}

fn read(rt: &mut Runtime<'_>, ty: Type, reader: &mut Reader<'_>, depth: u16) -> VmResult<Value> {
    let depth = depth
        .checked_sub(1)
        .ok_or(StatusCode::VmMaxValueDepthReached)?;
    Ok(match rt.code.types.kind(ty).clone() {
        TypeKind::Bool => Value::Bool(reader.bool()?),
        TypeKind::Integer(integer) => {
            let bytes = reader.take(usize::from(integer.bits() / 8))?;
            Value::Integer(integer, U256::from_le_slice(bytes))
        }
        TypeKind::Address => Value::address(reader.address()?),
        TypeKind::Signer => Value::signer(reader.address()?),
        TypeKind::Vector(element) => {
            let length = reader.uleb()?;
            let mut items = Vec::new();
            for _ in 0..length {
                items.push(read(rt, element, reader, depth)?);
            }
            let words = match element {
                Type::U8 | Type::I8 | Type::BOOL => u64::from(length).div_ceil(8),
                element => u64::from(length).saturating_mul(rt.code.words(rt.engine, element)?),
            };
            count(rt, words)?;
            Value::Vector(element, items)
        }
        TypeKind::Struct(..) => {
            let made = rt.code.struct_type(rt.engine, ty)?;
            let variant = match made.is_enum {
                true => Some(u16::try_from(reader.uleb()?).unwrap_or(u16::MAX)),
                false => None,
            };
            let Some(types) = made.fields(variant) else {
                let error = VmError::new(StatusCode::ValueDeserializationError);
                return Err(error.with_message("an enum has no such variant"));
            };
            let mut fields = Vec::new();
            for field in types {
                fields.push(read(rt, *field, reader, depth)?);
            }
            if made.full_words > INLINE_WORDS_MAX {
                count(rt, made.full_words)?;
            }
            Value::Struct {
                ty,
                variant,
                fields,
            }
        }
        TypeKind::Function(_) => {
            let head = function_value::read(rt, ty, reader)?;
            let mut captured = Vec::new();
            let mut words = 0_u64;
            for ty in head.captured {
                words = words.saturating_add(rt.code.words(rt.engine, ty)?);
                captured.push((ty, read(rt, ty, reader, depth)?));
            }
            count(rt, words)?;
            let closure = Closure {
                function: head.function,
                mask: head.mask,
                captured,
            };
            Value::Closure(Box::new(closure))
        }
        TypeKind::Reference(_) | TypeKind::MutableReference(_) => {
            return Err(mismatch("references are not in BCS"));
        }
    })
}

/// Appends the BCS of a value.
pub(super) fn encode(
    code: &Code,
    allowed: Serializable,
    value: &Value,
    out: &mut Vec<u8>,
) -> VmResult<()> {
    let inside = allowed.inside()?;
    match value {
        Value::Bool(value) => out.push(u8::from(*value)),
        Value::Integer(ty, bits) => {
            let bytes = bits.to_le_bytes::<32>();
            out.extend(bytes.iter().take(usize::from(ty.bits() / 8)));
        }
        Value::Address(address) => out.extend(address.0),
        // The address is no value of its own in BCS.
        Value::Signer(address) => encode(code, allowed, address, out)?,
        Value::Vector(_, items) => {
            put_uleb(out, items.len() as u64);
            items
                .iter()
                .try_for_each(|item| encode(code, inside, item, out))?;
        }
        Value::Struct {
            variant, fields, ..
        } => {
            if let Some(variant) = variant {
                put_uleb(out, u64::from(*variant));
            }
            fields
                .iter()
                .try_for_each(|field| encode(code, inside, field, out))?;
        }
        Value::Closure(closure) => {
            let types: Vec<Type> = closure.captured.iter().map(|(ty, _)| *ty).collect();
            function_value::write(code, allowed, closure.function, closure.mask, &types, out)?;
            closure
                .captured
                .iter()
                .try_for_each(|(_, value)| encode(code, inside, value, out))?;
        }
        Value::Reference(_) => return Err(mismatch("references are not in BCS")),
    }
    Ok(())
}
