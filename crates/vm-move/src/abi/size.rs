//! How long a value gets in the ABI, known from its BCS: a `bool` is a byte there and 32 here, so it is
//! paid for before anything is made of it.

use lumio_move_engine::{VmResult, bcs::Reader};

use super::Form;

/// Bytes of `abi.encode` of a value.
///
/// # Errors
/// When the bytes are no such value.
pub(crate) fn encoded_size(form: &Form, bcs: &[u8]) -> VmResult<u64> {
    let words = words(form, &mut Reader::new(bcs))?;
    Ok(words.saturating_mul(32))
}

/// Words of a value, and of the offset that leads to it.
fn words(form: &Form, reader: &mut Reader<'_>) -> VmResult<u64> {
    Ok(match form {
        Form::Bool | Form::Integer(_) | Form::Account => {
            reader.take(bytes_of_word(form))?;
            1
        }
        Form::Bytes { .. } | Form::FixedBytes(_) => {
            let length = u64::from(reader.uleb()?);
            reader.take(usize::try_from(length).unwrap_or(usize::MAX))?;
            length.div_ceil(32).saturating_add(2)
        }
        Form::Array(element, _) | Form::FixedArray(element, _) => {
            let count = u64::from(reader.uleb()?);
            let mut sum = 2_u64;
            match **element {
                Form::Bool | Form::Integer(_) | Form::Account => {
                    let size = bytes_of_word(element) as u64;
                    let size = usize::try_from(count.saturating_mul(size));
                    reader.take(size.unwrap_or(usize::MAX))?;
                    sum = sum.saturating_add(count);
                }
                Form::Bytes { .. }
                | Form::FixedBytes(_)
                | Form::Array(..)
                | Form::FixedArray(..)
                | Form::Tuple(_) => {
                    for _ in 0..count {
                        sum = sum.saturating_add(words(element, reader)?);
                    }
                }
            }
            sum
        }
        Form::Tuple(parts) => {
            let mut sum = u64::from(form.is_dynamic());
            for part in parts {
                sum = sum.saturating_add(words(part, reader)?);
            }
            sum
        }
    })
}

/// Bytes that a word's value has in BCS.
fn bytes_of_word(form: &Form) -> usize {
    match form {
        Form::Integer(integer) => usize::from(integer.bits()) / 8,
        Form::Account => 32,
        Form::Bool
        | Form::Bytes { .. }
        | Form::FixedBytes(_)
        | Form::Array(..)
        | Form::FixedArray(..)
        | Form::Tuple(_) => 1,
    }
}
