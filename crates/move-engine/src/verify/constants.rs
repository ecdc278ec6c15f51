//! Constants have types that constants may have, and their data are values of those types.

use alloc::vec::Vec;

use crate::{
    StatusCode, VmError, VmResult,
    format::{Constant, SignatureToken, TableKind, Tables},
};

/// The longest sequence that BCS knows.
const SEQUENCE_MAX: u64 = (1 << 31) - 1;

/// Checks a binary's constants.
pub(super) fn verify(tables: &Tables) -> VmResult<()> {
    for (number, constant) in tables.constants.iter().enumerate() {
        check(constant).map_err(|status| {
            let number = u16::try_from(number).unwrap_or(u16::MAX);
            VmError::new(status).at_index(TableKind::ConstantPool, number)
        })?;
    }
    Ok(())
}

fn check(constant: &Constant) -> Result<(), StatusCode> {
    let mut element = &constant.token;
    let mut vectors = 0_usize;
    while let SignatureToken::Vector(inner) = element {
        element = inner;
        vectors = vectors.saturating_add(1);
    }
    let width = match element {
        SignatureToken::Bool | SignatureToken::U8 | SignatureToken::I8 => 1,
        SignatureToken::U16 | SignatureToken::I16 => 2,
        SignatureToken::U32 | SignatureToken::I32 => 4,
        SignatureToken::U64 | SignatureToken::I64 => 8,
        SignatureToken::U128 | SignatureToken::I128 => 16,
        SignatureToken::U256 | SignatureToken::I256 | SignatureToken::Address => 32,
        SignatureToken::Vector(_)
        | SignatureToken::Signer
        | SignatureToken::Function(_)
        | SignatureToken::Struct(_)
        | SignatureToken::StructInstantiation(..)
        | SignatureToken::Reference(_)
        | SignatureToken::MutableReference(_)
        | SignatureToken::TypeParameter(_) => return Err(StatusCode::InvalidConstantType),
    };
    let is_bool = matches!(element, SignatureToken::Bool);
    if is_value(&constant.data, vectors, width, is_bool) {
        Ok(())
    } else {
        Err(StatusCode::MalformedConstantData)
    }
}

/// Whether the bytes are just one value of so many vectors around an element of that width.
fn is_value(data: &[u8], vectors: usize, width: usize, is_bool: bool) -> bool {
    let mut rest = data;
    // How many elements are still to come in each open vector, outer first. Every element is at
    // least a byte long, so the work is bounded by the data.
    let mut open: Vec<u64> = Vec::new();
    loop {
        if open.len() < vectors {
            let Some((length, after)) = read_length(rest) else {
                return false;
            };
            rest = after;
            open.push(length);
        } else {
            let Some((element, after)) = rest.split_at_checked(width) else {
                return false;
            };
            if is_bool && element.iter().any(|byte| *byte > 1) {
                return false;
            }
            rest = after;
            if open.is_empty() {
                return rest.is_empty();
            }
            count_down(&mut open);
        }
        while open.last() == Some(&0) {
            open.pop();
            if open.is_empty() {
                return rest.is_empty();
            }
            count_down(&mut open);
        }
    }
}

fn count_down(open: &mut [u64]) {
    if let Some(last) = open.last_mut() {
        *last = last.saturating_sub(1);
    }
}

fn read_length(data: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    let mut rest = data;
    for shift in [0_u32, 7, 14, 21, 28] {
        let (byte, after) = rest.split_first()?;
        rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let canonical = *byte != 0 || shift == 0;
            return (canonical && value <= SEQUENCE_MAX).then_some((value, rest));
        }
    }
    None
}
