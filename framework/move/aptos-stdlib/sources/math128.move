/// Arithmetic on `u128` that the language itself does not have.
module aptos_std::math128 {
    use std::error;
    use std::fixed_point32::{Self, FixedPoint32};
    use aptos_std::fixed_point64::{Self, FixedPoint64};

    /// Zero has no logarithm.
    const EINVALID_ARG_FLOOR_LOG2: u64 = 1;

    /// The larger of two numbers.
    public fun max(a: u128, b: u128): u128 {
        if (a >= b) a else b
    }

    /// The smaller of two numbers.
    public fun min(a: u128, b: u128): u128 {
        if (a < b) a else b
    }

    /// The mean of two numbers, rounded down. Never overflows.
    public fun average(a: u128, b: u128): u128 {
        // Common bits count in full, bits of only one of the two by half.
        (a & b) + ((a ^ b) >> 1)
    }

    /// The greatest common divisor; that of zero and `a` is `a`.
    public inline fun gcd(a: u128, b: u128): u128 {
        let (divisor, rest) = (a, b);
        while (rest != 0) {
            (divisor, rest) = (rest, divisor % rest);
        };
        divisor
    }

    /// The least common multiple, zero if one of the two is zero. Aborts if it exceeds 128 bits.
    public inline fun lcm(a: u128, b: u128): u128 {
        let (x, y) = (a, b);
        if (x == 0 || y == 0) 0 else x / gcd(x, y) * y
    }

    /// `a * b / c`, rounded down, where the product may exceed 128 bits. Aborts with code 0x10004 if `c` is zero, and
    /// if the result exceeds 128 bits.
    public inline fun mul_div(a: u128, b: u128, c: u128): u128 {
        let (x, y, divisor) = (a, b, c);
        // A number and not a constant: the body becomes part of the calling module.
        assert!(divisor != 0, std::error::invalid_argument(4));
        (((x as u256) * (y as u256) / (divisor as u256)) as u128)
    }

    /// The number within `lower..=upper` that is nearest to `x`.
    public fun clamp(x: u128, lower: u128, upper: u128): u128 {
        min(upper, max(lower, x))
    }

    /// `n` to the power `e`; anything to the power zero is one. Aborts if it exceeds 128 bits.
    public fun pow(n: u128, e: u128): u128 {
        let power = 1;
        while (e > 0) {
            if (e & 1 == 1) {
                power *= n;
            };
            e >>= 1;
            // The square after the last bit is not needed, and it might overflow.
            if (e > 0) {
                n *= n;
            }
        };
        power
    }

    /// The position of the highest bit of `x`. Aborts with `EINVALID_ARG_FLOOR_LOG2` if `x` is zero.
    public fun floor_log2(x: u128): u8 {
        assert!(x != 0, error::invalid_argument(EINVALID_ARG_FLOOR_LOG2));
        let position = 0;
        let step = 64;
        while (step > 0) {
            if (x >> step > 0) {
                x >>= step;
                position += step;
            };
            step >>= 1;
        };
        position
    }

    /// The logarithm of `x` to the base two, with about 30 correct bits after the point. Aborts with
    /// `EINVALID_ARG_FLOOR_LOG2` if `x` is zero.
    public fun log2(x: u128): FixedPoint32 {
        let whole = floor_log2(x);
        let fraction = log2_fraction(mantissa(x, whole, 32), 32, 32);
        fixed_point32::create_from_raw_value(((whole as u64) << 32) + (fraction as u64))
    }

    /// The logarithm of `x` to the base two, with about 60 correct bits after the point. Aborts with
    /// `EINVALID_ARG_FLOOR_LOG2` if `x` is zero.
    public fun log2_64(x: u128): FixedPoint64 {
        let whole = floor_log2(x);
        // 63 bits after the point, so that a square is still below 2^128.
        let fraction = log2_fraction(mantissa(x, whole, 63), 63, 64);
        fixed_point64::create_from_raw_value(((whole as u128) << 64) + fraction)
    }

    /// `x / 2^whole` with `point` bits after the point; it is in [1, 2).
    fun mantissa(x: u128, whole: u8, point: u8): u128 {
        if (whole > point) x >> (whole - point) else x << (point - whole)
    }

    /// The first `bits` bits of the logarithm of a mantissa that has `point` bits after its point.
    fun log2_fraction(mantissa: u128, point: u8, bits: u8): u128 {
        let fraction = 0;
        let bit = 1 << (bits - 1);
        while (bit > 0) {
            // Squaring doubles the logarithm: its next bit is whether the square reaches two.
            mantissa = mantissa * mantissa >> point;
            if (mantissa >> point >= 2) {
                fraction += bit;
                mantissa >>= 1;
            };
            bit >>= 1;
        };
        fraction
    }

    /// The square root of `x`, rounded down.
    public fun sqrt(x: u128): u128 {
        if (x == 0) return 0;
        // Newton's method from above falls until it has reached the root.
        let root = 1 << (floor_log2(x) / 2 + 1);
        loop {
            let next = (root + x / root) / 2;
            if (next >= root) return root;
            root = next;
        }
    }

    /// `x / y`, rounded up. Aborts with code 0x10004 if `y` is zero.
    public inline fun ceil_div(x: u128, y: u128): u128 {
        let (dividend, divisor) = (x, y);
        assert!(divisor != 0, std::error::invalid_argument(4));
        // Adding the divisor first could overflow.
        if (dividend == 0) 0 else (dividend - 1) / divisor + 1
    }
}
