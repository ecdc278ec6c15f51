/// Numbers with 32 bits before the binary point and 32 bits after it.
///
/// The number is `value / 2^32`. Decimal fractions are rarely exact: 0.1 is stored as the nearest number below it
/// that has 32 bits after the point. Use it for ratios and rates, never for amounts that have to add up.
module std::fixed_point32 {
    /// The denominator is zero.
    const EDENOMINATOR: u64 = 0x10001;
    /// The quotient does not fit into 64 bits.
    const EDIVISION: u64 = 0x20002;
    /// The product does not fit into 64 bits.
    const EMULTIPLICATION: u64 = 0x20003;
    /// The divisor is zero.
    const EDIVISION_BY_ZERO: u64 = 0x10004;
    /// The number is too large, or too small but not zero, to be held with 32 bits on each side of the point.
    const ERATIO_OUT_OF_RANGE: u64 = 0x20005;

    const MAX_U64: u128 = 18446744073709551615;

    /// `value` is the number times 2^32.
    struct FixedPoint32 has copy, drop, store {
        value: u64
    }

    /// `val * multiplier`, without the part after the point. Aborts with `EMULTIPLICATION` if it exceeds 64 bits.
    public fun multiply_u64(val: u64, multiplier: FixedPoint32): u64 {
        let product = (val as u128) * (multiplier.value as u128) >> 32;
        assert!(product <= MAX_U64, EMULTIPLICATION);
        product as u64
    }

    /// `val / divisor`, without the part after the point. Aborts with `EDIVISION_BY_ZERO` if `divisor` is zero, with
    /// `EDIVISION` if the result exceeds 64 bits.
    public fun divide_u64(val: u64, divisor: FixedPoint32): u64 {
        assert!(divisor.value != 0, EDIVISION_BY_ZERO);
        let quotient = ((val as u128) << 32) / (divisor.value as u128);
        assert!(quotient <= MAX_U64, EDIVISION);
        quotient as u64
    }

    /// `numerator / denominator`, rounded down. Aborts with `EDENOMINATOR` if `denominator` is zero, with
    /// `ERATIO_OUT_OF_RANGE` if the ratio is 2^32 or more, or if it would be rounded down to zero although
    /// `numerator` is not zero.
    public fun create_from_rational(numerator: u64, denominator: u64): FixedPoint32 {
        assert!(denominator != 0, EDENOMINATOR);
        let ratio = ((numerator as u128) << 32) / (denominator as u128);
        assert!(ratio != 0 || numerator == 0, ERATIO_OUT_OF_RANGE);
        assert!(ratio <= MAX_U64, ERATIO_OUT_OF_RANGE);
        FixedPoint32 { value: ratio as u64 }
    }

    /// The number `value / 2^32`.
    public fun create_from_raw_value(value: u64): FixedPoint32 {
        FixedPoint32 { value }
    }

    /// The number times 2^32.
    public fun get_raw_value(self: FixedPoint32): u64 {
        self.value
    }

    /// Whether the number is zero.
    public fun is_zero(self: FixedPoint32): bool {
        self.value == 0
    }

    /// The smaller of two numbers.
    public fun min(num1: FixedPoint32, num2: FixedPoint32): FixedPoint32 {
        if (num2.value < num1.value) num2 else num1
    }

    /// The larger of two numbers.
    public fun max(num1: FixedPoint32, num2: FixedPoint32): FixedPoint32 {
        if (num2.value > num1.value) num2 else num1
    }

    /// The whole number `val`. Aborts with `ERATIO_OUT_OF_RANGE` if it is 2^32 or more.
    public fun create_from_u64(val: u64): FixedPoint32 {
        let value = (val as u128) << 32;
        assert!(value <= MAX_U64, ERATIO_OUT_OF_RANGE);
        FixedPoint32 { value: value as u64 }
    }

    /// The largest whole number that is not above the number.
    public fun floor(self: FixedPoint32): u64 {
        self.value >> 32
    }

    /// The smallest whole number that is not below the number.
    public fun ceil(self: FixedPoint32): u64 {
        let whole = self.floor();
        if (self.value == whole << 32) whole else whole + 1
    }

    /// The nearest whole number; a half is rounded up.
    public fun round(self: FixedPoint32): u64 {
        // The highest bit after the point tells whether at least a half is missing.
        self.floor() + ((self.value >> 31) & 1)
    }
}
