//! From Move values to the ABI: by their own types, or by those of a Solidity signature.

use alloc::{
    borrow::Cow,
    format,
    string::{String, ToString},
    vec::Vec,
};
use alloy_dyn_abi::{DynSolType, DynSolValue};
use alloy_primitives::{B256, I256, U256};
use lumio_move_engine::{Address, MoveValue, code::Integer};

use super::Form;

/// Encodes a list of values by their own types.
pub(crate) fn write_values(values: &[(Form, MoveValue)]) -> Result<Vec<u8>, String> {
    let mut encoded = Vec::new();
    for (form, value) in values {
        encoded.push(own(form, value)?);
    }
    Ok(DynSolValue::Tuple(encoded).abi_encode_params())
}

fn mismatch() -> String {
    "a value is not what its type says".into()
}

/// The bits of an integer as a word.
fn word(integer: Integer, bits: U256) -> U256 {
    let width = usize::from(integer.bits());
    if !integer.is_signed() || width == 256 {
        return bits;
    }
    let shift = 256_usize.saturating_sub(width);
    (bits << shift).arithmetic_shr(shift)
}

fn own(form: &Form, value: &MoveValue) -> Result<DynSolValue, String> {
    Ok(match (form, value) {
        (Form::Bool, MoveValue::Bool(value)) => DynSolValue::Bool(*value),
        (Form::Integer(_), MoveValue::Integer(integer, bits)) => {
            DynSolValue::Uint(word(*integer, *bits), 256)
        }
        (Form::Account, value) => {
            let account = address(value).ok_or_else(mismatch)?;
            DynSolValue::FixedBytes(B256::from(account.0), 32)
        }
        (Form::Bytes { .. }, value) => {
            DynSolValue::Bytes(bytes(value).ok_or_else(mismatch)?.to_vec())
        }
        (Form::Array(element, _), value) => {
            let items = items(value).ok_or_else(mismatch)?;
            let items: Result<Vec<_>, _> = items.iter().map(|item| own(element, item)).collect();
            DynSolValue::Array(items?)
        }
        (Form::Tuple(parts), MoveValue::Struct(fields)) if parts.len() == fields.len() => {
            let fields = parts.iter().zip(fields);
            let fields: Result<Vec<_>, _> = fields.map(|(form, field)| own(form, field)).collect();
            DynSolValue::Tuple(fields?)
        }
        _ => return Err(mismatch()),
    })
}

/// An address, or a struct with one, such as an `Object`.
fn address(value: &MoveValue) -> Option<Address> {
    match value {
        MoveValue::Address(address) => Some(*address),
        MoveValue::Struct(fields) => match fields.as_slice() {
            [only] => address(only),
            _ => None,
        },
        _ => None,
    }
}

/// A `vector<u8>`, or a struct with one, such as a `String`.
fn bytes(value: &MoveValue) -> Option<&[u8]> {
    match value {
        MoveValue::Bytes(bytes) => Some(bytes),
        MoveValue::Struct(fields) => match fields.as_slice() {
            [only] => bytes(only),
            _ => None,
        },
        _ => None,
    }
}

/// The elements of a vector or an option.
fn items(value: &MoveValue) -> Option<Cow<'_, [MoveValue]>> {
    match value {
        MoveValue::Vector(items) => Some(items.into()),
        // An `Option<u8>` has a vector of bytes.
        MoveValue::Bytes(bytes) => Some(
            bytes
                .iter()
                .map(|byte| MoveValue::Integer(Integer::U8, U256::from(*byte)))
                .collect(),
        ),
        MoveValue::Variant(_, fields) => Some(fields.into()),
        MoveValue::Struct(fields) => match fields.as_slice() {
            [only] => items(only),
            _ => None,
        },
        _ => None,
    }
}

/// Finds the EVM address of an account.
pub(crate) type FindAddress<'a> = &'a mut dyn FnMut(Address) -> alloy_primitives::Address;

/// A value as a Solidity type.
///
/// # Errors
/// Which part of it does not fit.
pub(super) fn as_type(
    ty: &DynSolType,
    value: &MoveValue,
    find: FindAddress<'_>,
) -> Result<DynSolValue, String> {
    let misfit = || format!("{} cannot be given as {ty}", kind(value));
    Ok(match ty {
        DynSolType::Bool => match value {
            MoveValue::Bool(value) => DynSolValue::Bool(*value),
            _ => return Err(misfit()),
        },
        DynSolType::Uint(width) => match value {
            MoveValue::Integer(integer, bits) => {
                let is_negative = integer.is_signed() && word(*integer, *bits).bit(255);
                if is_negative || bits.bit_len() > *width {
                    return Err(format!("a number does not fit into {ty}"));
                }
                DynSolValue::Uint(*bits, *width)
            }
            _ => return Err(misfit()),
        },
        DynSolType::Int(width) => match value {
            MoveValue::Integer(integer, bits) => {
                let number = I256::from_raw(word(*integer, *bits));
                let is_wrapped = !integer.is_signed() && number.is_negative();
                let top = width.saturating_sub(1);
                let above = number.asr(top);
                if is_wrapped || !(above.is_zero() || above == I256::MINUS_ONE) {
                    return Err(format!("a number does not fit into {ty}"));
                }
                DynSolValue::Int(number, *width)
            }
            _ => return Err(misfit()),
        },
        DynSolType::Address => {
            let account = address(value).ok_or_else(misfit)?;
            DynSolValue::Address(find(account))
        }
        DynSolType::FixedBytes(size) => {
            let (account, content) = (address(value), bytes(value));
            let content = match (&account, content) {
                (Some(account), _) => account.0.as_slice(),
                (None, Some(content)) => content,
                (None, None) => return Err(misfit()),
            };
            if content.len() != *size {
                return Err(format!("{} bytes cannot be given as {ty}", content.len()));
            }
            let mut word = B256::ZERO;
            for (to, from) in word.0.iter_mut().zip(content) {
                *to = *from;
            }
            DynSolValue::FixedBytes(word, *size)
        }
        DynSolType::Bytes => DynSolValue::Bytes(bytes(value).ok_or_else(misfit)?.to_vec()),
        DynSolType::String => {
            let text = bytes(value).ok_or_else(misfit)?;
            let text = core::str::from_utf8(text);
            DynSolValue::String(text.map_err(|_| "a string is not UTF-8")?.to_string())
        }
        DynSolType::Array(element) => {
            let mut encoded = Vec::new();
            for item in items(value).ok_or_else(misfit)?.iter() {
                encoded.push(as_type(element, item, find)?);
            }
            DynSolValue::Array(encoded)
        }
        DynSolType::FixedArray(element, size) => {
            let items = items(value).ok_or_else(misfit)?;
            if items.len() != *size {
                return Err(format!("{} values cannot be given as {ty}", items.len()));
            }
            let mut encoded = Vec::new();
            for item in items.iter() {
                encoded.push(as_type(element, item, find)?);
            }
            DynSolValue::FixedArray(encoded)
        }
        DynSolType::Tuple(types) => match value {
            MoveValue::Struct(fields) => DynSolValue::Tuple(as_list(types, fields, find)?),
            _ => return Err(misfit()),
        },
        other => return Err(format!("{other} is not known here")),
    })
}

/// Values as types, one by one.
pub(super) fn as_list(
    types: &[DynSolType],
    values: &[MoveValue],
    find: FindAddress<'_>,
) -> Result<Vec<DynSolValue>, String> {
    if types.len() != values.len() {
        return Err(format!(
            "{} values are needed, not {}",
            types.len(),
            values.len()
        ));
    }
    let pairs = types.iter().zip(values);
    pairs.map(|(ty, value)| as_type(ty, value, find)).collect()
}

fn kind(value: &MoveValue) -> &'static str {
    match value {
        MoveValue::Bool(_) => "a bool",
        MoveValue::Integer(..) => "an integer",
        MoveValue::Address(_) => "an address",
        MoveValue::Signer(_) => "a signer",
        MoveValue::Bytes(_) => "a vector of bytes",
        MoveValue::Vector(_) => "a vector",
        MoveValue::Struct(_) => "a struct",
        MoveValue::Variant(..) => "an enum",
        MoveValue::Function(_) => "a function value",
    }
}
