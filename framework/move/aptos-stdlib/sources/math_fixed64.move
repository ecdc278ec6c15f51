/// Roots, powers, exponentials and logarithms of `FixedPoint64`.
module aptos_std::math_fixed64 {
    use std::error;
    use aptos_std::fixed_point64::{Self, FixedPoint64};
    use aptos_std::math128;

    /// The exponential is 2^64 or more.
    const EOVERFLOW_EXP: u64 = 1;

    /// The natural logarithm of two with 64 bits after the point, rounded to nearest.
    const LN2: u256 = 12786308645202655660;
    /// The natural logarithm of two with 120 bits after the point, rounded up: what it leads to is rounded down.
    const LN2_120: u256 = 921350637599661305226344307672478455;

    /// The square root of `x`, rounded down.
    public fun sqrt(x: FixedPoint64): FixedPoint64 {
        let square = (x.get_raw_value() as u256) << 64;
        if (square == 0) return x;
        // Newton's method from above falls until it has reached the root. The start is right in the upper half.
        let root = ((math128::sqrt(x.get_raw_value()) as u256) + 1) << 32;
        loop {
            let next = (root + square / root) >> 1;
            if (next >= root) break;
            root = next;
        };
        fixed_point64::create_from_raw_value(root as u128)
    }

    /// e to the power `x`, rounded down, with about 33 correct digits. Aborts with `EOVERFLOW_EXP`
    /// from 64 ln 2 (about 44.36) on.
    public fun exp(x: FixedPoint64): FixedPoint64 {
        // e^x = 2^doublings * e^rest with 0 <= rest < ln 2, all with 120 bits after the point, rounded up: what it leads to is rounded down.
        let exponent = (x.get_raw_value() as u256) << 56;
        let doublings = exponent / LN2_120;
        assert!(doublings < 64, error::invalid_state(EOVERFLOW_EXP));
        let rest = exponent % LN2_120;
        // Taylor's series: the n-th term is rest^n / n!.
        let sum = 0;
        let term: u256 = 1 << 120;
        let n = 1;
        while (term > 0) {
            sum += term;
            term = (term * rest >> 120) / n;
            n += 1;
        };
        fixed_point64::create_from_raw_value((sum << (doublings as u8) >> 56) as u128)
    }

    /// The logarithm of `x` to the base two, plus 64: that is never negative. Aborts if `x` is zero.
    public fun log2_plus_64(x: FixedPoint64): FixedPoint64 {
        math128::log2_64(x.get_raw_value())
    }

    /// The natural logarithm of `x`, plus 64 ln 2 (and not 32 ln 2, in spite of the name): that is never negative.
    /// Aborts if `x` is zero.
    public fun ln_plus_32ln2(x: FixedPoint64): FixedPoint64 {
        let log2 = log2_plus_64(x).get_raw_value() as u256;
        fixed_point64::create_from_raw_value((log2 * LN2 >> 64) as u128)
    }

    /// `x` to the power `n`, rounded down at every step; anything to the power zero is one. Aborts if it is 2^64 or
    /// more.
    public fun pow(x: FixedPoint64, n: u64): FixedPoint64 {
        let base = x.get_raw_value() as u256;
        let power: u256 = 1 << 64;
        while (n > 0) {
            if (n & 1 == 1) {
                power = power * base >> 64;
            };
            n >>= 1;
            // The square after the last bit is not needed, and it might overflow.
            if (n > 0) {
                base = base * base >> 64;
            }
        };
        fixed_point64::create_from_raw_value(power as u128)
    }

    /// `x * y / z`, rounded down. Aborts with code 0x10004 if `z` is zero, and if the result is 2^64 or more.
    public fun mul_div(x: FixedPoint64, y: FixedPoint64, z: FixedPoint64): FixedPoint64 {
        let (a, b, c) = (x.get_raw_value(), y.get_raw_value(), z.get_raw_value());
        fixed_point64::create_from_raw_value(math128::mul_div(a, b, c))
    }
}
