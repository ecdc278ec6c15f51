//! Arithmetic of all integer types on their bits: the specification of what each operation gives
//! and when it fails.
//!
//! A value is given by its bits in two's complement of its own width, the bits above being zero.

use crate::{
    U256,
    code::{Arithmetic, Comparison, Integer},
};

/// All bits of a type.
fn mask(ty: Integer) -> U256 {
    U256::MAX >> (256_usize.saturating_sub(usize::from(ty.bits())))
}

/// Sign and magnitude.
fn signed(ty: Integer, bits: U256) -> (bool, U256) {
    if ty.is_signed() && bits.bit(usize::from(ty.bits()).saturating_sub(1)) {
        (true, U256::ZERO.wrapping_sub(bits) & mask(ty))
    } else {
        (false, bits)
    }
}

/// Bits of a number, if the type can hold it.
fn fit(ty: Integer, negative: bool, magnitude: U256) -> Option<U256> {
    if !ty.is_signed() {
        let zero = magnitude.is_zero();
        return ((zero || !negative) && magnitude <= mask(ty)).then_some(magnitude);
    }
    let top: U256 = mask(ty) >> 1;
    if negative {
        let bits = U256::ZERO.wrapping_sub(magnitude) & mask(ty);
        (magnitude <= top.wrapping_add(U256::from(1))).then_some(bits)
    } else {
        (magnitude <= top).then_some(magnitude)
    }
}

/// Sum of two numbers given by sign and magnitude; `None` beyond 256 bits.
fn add((n, a): (bool, U256), (m, b): (bool, U256)) -> Option<(bool, U256)> {
    if n == m {
        Some((n, a.checked_add(b)?))
    } else if a >= b {
        Some((n, a.wrapping_sub(b)))
    } else {
        Some((m, b.wrapping_sub(a)))
    }
}

/// An operation on two values of a type; the right one of a shift is a `u8`. `None` is
/// `ARITHMETIC_ERROR`: overflow, division by zero, a shift by the width or more.
pub(crate) fn arithmetic(op: Arithmetic, ty: Integer, left: U256, right: U256) -> Option<U256> {
    let (a, b) = (signed(ty, left), signed(ty, right));
    match op {
        Arithmetic::Add => add(a, b).and_then(|(n, m)| fit(ty, n, m)),
        Arithmetic::Sub => add(a, (!b.0, b.1)).and_then(|(n, m)| fit(ty, n, m)),
        Arithmetic::Mul => fit(ty, a.0 != b.0, a.1.checked_mul(b.1)?),
        Arithmetic::Div => fit(ty, a.0 != b.0, a.1.checked_div(b.1)?),
        Arithmetic::Mod => {
            // The smallest number has no quotient by -1, and so no remainder either.
            fit(ty, a.0 != b.0, a.1.checked_div(b.1)?)?;
            fit(ty, a.0, a.1.checked_rem(b.1)?)
        }
        Arithmetic::BitOr => Some(left | right),
        Arithmetic::BitAnd => Some(left & right),
        Arithmetic::Xor => Some(left ^ right),
        Arithmetic::Shl | Arithmetic::Shr => {
            let amount = usize::try_from(right).ok()?;
            if amount >= usize::from(ty.bits()) {
                return None;
            }
            Some(if op == Arithmetic::Shl {
                (left << amount) & mask(ty)
            } else {
                left >> amount
            })
        }
    }
}

/// Whether a comparison holds.
pub(crate) fn compare(op: Comparison, ty: Integer, left: U256, right: U256) -> bool {
    let order = order(ty, left, right);
    match op {
        Comparison::Lt => order.is_lt(),
        Comparison::Gt => order.is_gt(),
        Comparison::Le => order.is_le(),
        Comparison::Ge => order.is_ge(),
    }
}

/// The order of two values of a type.
pub(crate) fn order(ty: Integer, left: U256, right: U256) -> core::cmp::Ordering {
    match (signed(ty, left), signed(ty, right)) {
        ((false, a), (false, b)) => a.cmp(&b),
        ((true, a), (true, b)) => b.cmp(&a),
        ((negative, _), (other, _)) => other.cmp(&negative),
    }
}

/// The value in another type; `None` is `ARITHMETIC_ERROR`.
pub(crate) fn cast(from: Integer, to: Integer, bits: U256) -> Option<U256> {
    let (negative, magnitude) = signed(from, bits);
    fit(to, negative, magnitude)
}

/// The negative; `None` is `ARITHMETIC_ERROR`.
pub(crate) fn negate(ty: Integer, bits: U256) -> Option<U256> {
    let (negative, magnitude) = signed(ty, bits);
    fit(ty, !negative, magnitude)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    const OPS: [Arithmetic; 10] = [
        Arithmetic::Add,
        Arithmetic::Sub,
        Arithmetic::Mul,
        Arithmetic::Div,
        Arithmetic::Mod,
        Arithmetic::BitOr,
        Arithmetic::BitAnd,
        Arithmetic::Xor,
        Arithmetic::Shl,
        Arithmetic::Shr,
    ];

    fn native_i8(op: Arithmetic, a: i8, b: i8) -> Option<i8> {
        let amount = u32::from(b.cast_unsigned());
        match op {
            Arithmetic::Add => a.checked_add(b),
            Arithmetic::Sub => a.checked_sub(b),
            Arithmetic::Mul => a.checked_mul(b),
            Arithmetic::Div => a.checked_div(b),
            Arithmetic::Mod => a.checked_rem(b),
            Arithmetic::BitOr => Some(a | b),
            Arithmetic::BitAnd => Some(a & b),
            Arithmetic::Xor => Some(a ^ b),
            Arithmetic::Shl => a.checked_shl(amount),
            Arithmetic::Shr => a.cast_unsigned().checked_shr(amount).map(u8::cast_signed),
        }
    }

    fn native_u8(op: Arithmetic, a: u8, b: u8) -> Option<u8> {
        match op {
            Arithmetic::Add => a.checked_add(b),
            Arithmetic::Sub => a.checked_sub(b),
            Arithmetic::Mul => a.checked_mul(b),
            Arithmetic::Div => a.checked_div(b),
            Arithmetic::Mod => a.checked_rem(b),
            Arithmetic::BitOr => Some(a | b),
            Arithmetic::BitAnd => Some(a & b),
            Arithmetic::Xor => Some(a ^ b),
            Arithmetic::Shl => a.checked_shl(u32::from(b)),
            Arithmetic::Shr => a.checked_shr(u32::from(b)),
        }
    }

    #[test]
    fn bytes_agree_with_the_processor_in_every_case() {
        for op in OPS {
            for a in 0..=255_u8 {
                for b in 0..=255_u8 {
                    let (x, y) = (U256::from(a), U256::from(b));
                    let unsigned = native_u8(op, a, b).map(U256::from);
                    assert_eq!(
                        arithmetic(op, Integer::U8, x, y),
                        unsigned,
                        "{op:?} {a} {b}"
                    );
                    let (s, t) = (a.cast_signed(), b.cast_signed());
                    let signed = native_i8(op, s, t).map(|r| U256::from(r.cast_unsigned()));
                    assert_eq!(arithmetic(op, Integer::I8, x, y), signed, "{op:?} {s} {t}");
                    assert_eq!(order(Integer::I8, x, y), s.cmp(&t));
                }
            }
        }
    }

    #[test]
    fn casts_keep_the_number_or_fail() {
        for a in 0..=255_u8 {
            let s = a.cast_signed();
            let bits = U256::from(a);
            let wide = cast(Integer::I8, Integer::I128, bits).unwrap();
            assert_eq!(wide, U256::from(i128::from(s).cast_unsigned()));
            assert_eq!(cast(Integer::I128, Integer::I8, wide), Some(bits));
            let unsigned = cast(Integer::I8, Integer::U64, bits);
            assert_eq!(unsigned, u64::try_from(s).ok().map(U256::from));
            assert_eq!(
                negate(Integer::I8, bits),
                s.checked_neg().map(|n| U256::from(n.cast_unsigned()))
            );
        }
        assert_eq!(cast(Integer::U256, Integer::I256, U256::MAX), None);
        assert_eq!(cast(Integer::U128, Integer::U8, U256::from(256)), None);
    }
}
