/// Arithmetic on `u64` that the language itself does not have.
module aptos_std::math64 {
    use std::error;
    use std::fixed_point32::{Self, FixedPoint32};

    /// Zero has no logarithm.
    const EINVALID_ARG_FLOOR_LOG2: u64 = 1;

    /// The larger of two numbers.
    public fun max(a: u64, b: u64): u64 {
        if (a >= b) a else b
    }

    /// The smaller of two numbers.
    public fun min(a: u64, b: u64): u64 {
        if (a < b) a else b
    }

    /// The mean of two numbers, rounded down. Never overflows.
    public fun average(a: u64, b: u64): u64 {
        // Common bits count in full, bits of only one of the two by half.
        (a & b) + ((a ^ b) >> 1)
    }

    /// The greatest common divisor; that of zero and `a` is `a`.
    public inline fun gcd(a: u64, b: u64): u64 {
        let (divisor, rest) = (a, b);
        while (rest != 0) {
            (divisor, rest) = (rest, divisor % rest);
        };
        divisor
    }

    /// The least common multiple, zero if one of the two is zero. Aborts if it exceeds 64 bits.
    public inline fun lcm(a: u64, b: u64): u64 {
        let (x, y) = (a, b);
        if (x == 0 || y == 0) 0 else x / gcd(x, y) * y
    }

    /// `a * b / c`, rounded down, where the product may exceed 64 bits. Aborts with code 0x10004 if `c` is zero, and
    /// if the result exceeds 64 bits.
    public inline fun mul_div(a: u64, b: u64, c: u64): u64 {
        let (x, y, divisor) = (a, b, c);
        // A number and not a constant: the body becomes part of the calling module.
        assert!(divisor != 0, std::error::invalid_argument(4));
        (((x as u128) * (y as u128) / (divisor as u128)) as u64)
    }

    /// The number within `lower..=upper` that is nearest to `x`.
    public fun clamp(x: u64, lower: u64, upper: u64): u64 {
        min(upper, max(lower, x))
    }

    /// `n` to the power `e`; anything to the power zero is one. Aborts if it exceeds 64 bits.
    public fun pow(n: u64, e: u64): u64 {
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
    public fun floor_log2(x: u64): u8 {
        assert!(x != 0, error::invalid_argument(EINVALID_ARG_FLOOR_LOG2));
        let position = 0;
        let step = 32;
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
    public fun log2(x: u64): FixedPoint32 {
        let whole = floor_log2(x);
        // `mantissa` is x / 2^whole with 32 bits after the point, so it is in [1, 2).
        let mantissa = ((x as u128) << 32) >> whole;
        let fraction = 0;
        let bit = 1 << 31;
        while (bit > 0) {
            // Squaring doubles the logarithm: its next bit is whether the square reaches two.
            mantissa = mantissa * mantissa >> 32;
            if (mantissa >= 1 << 33) {
                fraction += bit;
                mantissa >>= 1;
            };
            bit >>= 1;
        };
        fixed_point32::create_from_raw_value(((whole as u64) << 32) + fraction)
    }

    /// The square root of `x`, rounded down.
    public fun sqrt(x: u64): u64 {
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
    public inline fun ceil_div(x: u64, y: u64): u64 {
        let (dividend, divisor) = (x, y);
        assert!(divisor != 0, std::error::invalid_argument(4));
        // Adding the divisor first could overflow.
        if (dividend == 0) 0 else (dividend - 1) / divisor + 1
    }
}
