/// Roots, powers, exponentials and logarithms of `FixedPoint32`.
module aptos_std::math_fixed {
    use std::error;
    use std::fixed_point32::{Self, FixedPoint32};
    use aptos_std::fixed_point64;
    use aptos_std::math128;
    use aptos_std::math64;
    use aptos_std::math_fixed64;

    /// The exponential is 2^32 or more.
    const EOVERFLOW_EXP: u64 = 1;

    /// The natural logarithm of two with 32 bits after the point, rounded to nearest.
    const LN2: u128 = 2977044472;
    /// The largest number whose exponential is below 2^32, with 32 bits after the point.
    const MAX_EXPONENT: u64 = 95265423098;

    /// The square root of `x`, rounded down.
    public fun sqrt(x: FixedPoint32): FixedPoint32 {
        let square = (x.get_raw_value() as u128) << 32;
        fixed_point32::create_from_raw_value(math128::sqrt(square) as u64)
    }

    /// e to the power `x`, rounded down. Aborts with `EOVERFLOW_EXP` from 32 ln 2 (about 22.18) on.
    public fun exp(x: FixedPoint32): FixedPoint32 {
        let exponent = x.get_raw_value();
        assert!(exponent <= MAX_EXPONENT, error::invalid_state(EOVERFLOW_EXP));
        let power = math_fixed64::exp(fixed_point64::create_from_raw_value((exponent as u128) << 32));
        fixed_point32::create_from_raw_value((power.get_raw_value() >> 32) as u64)
    }

    /// The logarithm of `x` to the base two, plus 32: that is never negative. Aborts if `x` is zero.
    public fun log2_plus_32(x: FixedPoint32): FixedPoint32 {
        math128::log2(x.get_raw_value() as u128)
    }

    /// The natural logarithm of `x`, plus 32 ln 2: that is never negative. Aborts if `x` is zero.
    public fun ln_plus_32ln2(x: FixedPoint32): FixedPoint32 {
        let log2 = log2_plus_32(x).get_raw_value() as u128;
        fixed_point32::create_from_raw_value((log2 * LN2 >> 32) as u64)
    }

    /// `x` to the power `n`, with 64 bits after the point on the way, rounded down at the end; anything to the power
    /// zero is one. Aborts if it is 2^32 or more.
    public fun pow(x: FixedPoint32, n: u64): FixedPoint32 {
        let base = (x.get_raw_value() as u256) << 32;
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
        fixed_point32::create_from_raw_value((power >> 32) as u64)
    }

    /// `x * y / z`, rounded down. Aborts with code 0x10004 if `z` is zero, and if the result is 2^32 or more.
    public fun mul_div(x: FixedPoint32, y: FixedPoint32, z: FixedPoint32): FixedPoint32 {
        let (a, b, c) = (x.get_raw_value(), y.get_raw_value(), z.get_raw_value());
        fixed_point32::create_from_raw_value(math64::mul_div(a, b, c))
    }
}
