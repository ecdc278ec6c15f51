//! From the ABI to BCS.

use alloc::{format, string::String, vec::Vec};
use alloy_primitives::{B256, U256};
use lumio_move_engine::{
    VmResult,
    bcs::{put_bytes, put_uleb},
};
use lumio_vm_bus::abi::{AbiError, Reader};

use super::Form;

/// Finds the account that a word names: it may be the EVM address of a longer one.
pub(crate) type FindAccount<'a> = &'a mut dyn FnMut(B256) -> VmResult<B256>;

/// Why values cannot be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// What is wrong with them.
    Bad(String),
    /// The chain could not be asked.
    Vm(lumio_move_engine::VmError),
}

impl From<AbiError> for ReadError {
    fn from(error: AbiError) -> Self {
        Self::Bad(format!("{error}"))
    }
}

impl From<lumio_move_engine::VmError> for ReadError {
    fn from(error: lumio_move_engine::VmError) -> Self {
        Self::Vm(error)
    }
}

/// Reads a list of values, as `abi.encode` writes them, and gives the BCS of each.
pub(crate) fn read_values(
    forms: &[Form],
    data: &[u8],
    find: FindAccount<'_>,
) -> Result<Vec<Vec<u8>>, ReadError> {
    let mut reader = Reader::new(data);
    let mut values = Vec::new();
    let mut at = 0_usize;
    for (number, form) in forms.iter().enumerate() {
        let mut bcs = Vec::new();
        let read = place(form, &mut reader, at, 0, find, &mut bcs);
        read.map_err(|error| match error {
            ReadError::Bad(what) => ReadError::Bad(format!("value {number}: {what}")),
            other => other,
        })?;
        at = at.saturating_add(form.head_words().saturating_mul(32));
        values.push(bcs);
    }
    Ok(values)
}

/// Reads what has its place at `at` in the tuple that begins at `tuple`.
fn place(
    form: &Form,
    reader: &mut Reader<'_>,
    at: usize,
    tuple: usize,
    find: FindAccount<'_>,
    bcs: &mut Vec<u8>,
) -> Result<(), ReadError> {
    let at = match form.is_dynamic() {
        true => reader.follow(at, tuple)?,
        false => at,
    };
    match form {
        Form::Bool => match reader.word(at)? {
            word if word.is_zero() => bcs.push(0),
            word if word == B256::with_last_byte(1) => bcs.push(1),
            word => return Err(ReadError::Bad(format!("{word} is no bool"))),
        },
        Form::Integer(integer) => {
            let word = reader.word(at)?;
            let bits = usize::from(integer.bits());
            let number = U256::from_be_bytes(word.0);
            let fits = match integer.is_signed() {
                false => number.bit_len() <= bits,
                // The sign fills all bits above.
                true => {
                    let above = number.arithmetic_shr(bits.saturating_sub(1));
                    above.is_zero() || above == U256::MAX
                }
            };
            if !fits {
                return Err(ReadError::Bad(format!(
                    "{word} does not fit into {integer}"
                )));
            }
            let bytes = number.to_le_bytes::<32>();
            bcs.extend(bytes.iter().take(bits / 8));
        }
        Form::Account => {
            let word = reader.word(at)?;
            bcs.extend(find(word)?.0);
        }
        Form::Bytes { is_text } => {
            let bytes = reader.bytes(at)?;
            if *is_text && core::str::from_utf8(bytes).is_err() {
                return Err(AbiError::NotUtf8.into());
            }
            put_bytes(bcs, bytes);
        }
        Form::FixedBytes(size) => {
            let word = reader.word(at)?;
            let (bytes, rest) = word.0.split_at(32.min(*size));
            if rest.iter().any(|byte| *byte != 0) {
                return Err(ReadError::Bad(format!(
                    "{word} is longer than {size} bytes"
                )));
            }
            put_bytes(bcs, bytes);
        }
        Form::Array(element, most) => {
            let (count, start) = reader.array(at)?;
            if count > *most {
                return Err(ReadError::Bad(format!(
                    "{count} values stand for an option"
                )));
            }
            elements(element, count, reader, start, find, bcs)?;
        }
        Form::FixedArray(element, count) => elements(element, *count, reader, at, find, bcs)?,
        Form::Tuple(parts) => {
            let start = at;
            let mut at = at;
            for part in parts {
                place(part, reader, at, start, find, bcs)?;
                at = at.saturating_add(part.head_words().saturating_mul(32));
            }
        }
    }
    Ok(())
}

/// Reads so many elements, the first of which has its place at `start`.
fn elements(
    form: &Form,
    count: usize,
    reader: &mut Reader<'_>,
    start: usize,
    find: FindAccount<'_>,
    bcs: &mut Vec<u8>,
) -> Result<(), ReadError> {
    put_uleb(bcs, count as u64);
    let step = form.head_words().saturating_mul(32);
    for number in 0..count {
        let at = start.saturating_add(number.saturating_mul(step));
        place(form, reader, at, start, find, bcs)?;
    }
    Ok(())
}
