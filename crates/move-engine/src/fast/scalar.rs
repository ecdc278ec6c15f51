//! Arithmetic that is not one machine instruction.

use super::value::bits;
use crate::{
    StatusCode, U256, VmError, VmResult,
    code::{Arithmetic, Comparison, Integer},
    integer,
};

#[cold]
pub(super) fn failed() -> VmError {
    VmError::new(StatusCode::ArithmeticError)
}

/// Sums, products and shifts of unsigned integers of at most 64 bits.
pub(super) fn narrow(op: Arithmetic, width: u8, left: u64, right: u64) -> VmResult<u64> {
    let mask = u64::MAX >> 64_u32.saturating_sub(u32::from(width)).min(63);
    let amount = (right < u64::from(width)).then_some(right as u32);
    let result = match op {
        Arithmetic::Add => left.checked_add(right).filter(|sum| *sum <= mask),
        Arithmetic::Mul => left.checked_mul(right).filter(|product| *product <= mask),
        Arithmetic::Shl => amount.map(|amount| (left << amount) & mask),
        Arithmetic::Shr => amount.map(|amount| left >> amount),
        Arithmetic::Sub
        | Arithmetic::Div
        | Arithmetic::Mod
        | Arithmetic::BitOr
        | Arithmetic::BitAnd
        | Arithmetic::Xor => {
            integer::arithmetic(op, Integer::U64, U256::from(left), U256::from(right))
                .and_then(|bits| u64::try_from(bits).ok())
        }
    };
    result.ok_or_else(failed)
}

fn wide(words: &[u64]) -> u128 {
    let low = words.first().copied().unwrap_or(0);
    let high = words.get(1).copied().unwrap_or(0);
    u128::from(low) | u128::from(high) << 64
}

/// An operation of any type, on the words of its operands.
pub(super) fn any(op: Arithmetic, ty: Integer, left: &[u64], right: &[u64]) -> VmResult<[u64; 4]> {
    if ty == Integer::U128 {
        let (a, b) = (wide(left), wide(right));
        let result = match op {
            Arithmetic::Add => a.checked_add(b),
            Arithmetic::Sub => a.checked_sub(b),
            Arithmetic::Mul => a.checked_mul(b),
            Arithmetic::Div => a.checked_div(b),
            Arithmetic::Mod => a.checked_rem(b),
            Arithmetic::BitOr => Some(a | b),
            Arithmetic::BitAnd => Some(a & b),
            Arithmetic::Xor => Some(a ^ b),
            Arithmetic::Shl | Arithmetic::Shr => {
                // The amount is one word.
                let amount = right.first().and_then(|n| u32::try_from(*n).ok());
                let amount = amount.filter(|n| *n < 128).ok_or_else(failed)?;
                Some(if op == Arithmetic::Shl {
                    a << amount
                } else {
                    a >> amount
                })
            }
        };
        let result = result.ok_or_else(failed)?;
        return Ok([result as u64, (result >> 64) as u64, 0, 0]);
    }
    let shift = matches!(op, Arithmetic::Shl | Arithmetic::Shr);
    let right = if shift {
        right.get(..1).unwrap_or_default()
    } else {
        right
    };
    let result = integer::arithmetic(op, ty, bits(left), bits(right)).ok_or_else(failed)?;
    Ok(*result.as_limbs())
}

/// A comparison of any type.
pub(super) fn compare(op: Comparison, ty: Integer, left: &[u64], right: &[u64]) -> bool {
    integer::compare(op, ty, bits(left), bits(right))
}

/// A conversion between any types.
pub(super) fn cast(from: Integer, to: Integer, words: &[u64]) -> VmResult<[u64; 4]> {
    let result = integer::cast(from, to, bits(words)).ok_or_else(failed)?;
    Ok(*result.as_limbs())
}

/// The negative of any signed type.
pub(super) fn negate(ty: Integer, words: &[u64]) -> VmResult<[u64; 4]> {
    let result = integer::negate(ty, bits(words)).ok_or_else(failed)?;
    Ok(*result.as_limbs())
}

/// How many words a type has.
pub(super) fn words(ty: Integer) -> usize {
    usize::from(ty.bits()).div_ceil(64)
}
