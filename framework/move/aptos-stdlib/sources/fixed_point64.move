/// Numbers with 64 bits before the binary point and 64 bits after it.
///
/// The number is `value / 2^64`. Decimal fractions are rarely exact: 0.1 is stored as the nearest number below it
/// that has 64 bits after the point. Use it for ratios and rates, never for amounts that have to add up.
module aptos_std::fixed_point64 {
    /// The denominator is zero.
    const EDENOMINATOR: u64 = 0x10001;
    /// The quotient does not fit into 128 bits.
    const EDIVISION: u64 = 0x20002;
    /// The product does not fit into 128 bits.
    const EMULTIPLICATION: u64 = 0x20003;
    /// The divisor is zero.
    const EDIVISION_BY_ZERO: u64 = 0x10004;
    /// The number is too large, or too small but not zero, to be held with 64 bits on each side of the point.
    const ERATIO_OUT_OF_RANGE: u64 = 0x20005;
    /// The difference would be negative.
    const ENEGATIVE_RESULT: u64 = 0x10006;

    const MAX_U128: u256 = 340282366920938463463374607431768211455;

    /// `value` is the number times 2^64.
    struct FixedPoint64 has copy, drop, store {
        value: u128
    }

    /// `self - y`. Aborts with `ENEGATIVE_RESULT` if `y` is larger.
    public fun sub(self: FixedPoint64, y: FixedPoint64): FixedPoint64 {
        assert!(self.value >= y.value, ENEGATIVE_RESULT);
        FixedPoint64 { value: self.value - y.value }
    }

    /// `self + y`. Aborts with `ERATIO_OUT_OF_RANGE` if the sum is 2^64 or more.
    public fun add(self: FixedPoint64, y: FixedPoint64): FixedPoint64 {
        let sum = (self.value as u256) + (y.value as u256);
        assert!(sum <= MAX_U128, ERATIO_OUT_OF_RANGE);
        FixedPoint64 { value: sum as u128 }
    }

    /// `val * multiplier`, without the part after the point. Aborts with `EMULTIPLICATION` if it exceeds 128 bits.
    public fun multiply_u128(val: u128, multiplier: FixedPoint64): u128 {
        let product = (val as u256) * (multiplier.value as u256) >> 64;
        assert!(product <= MAX_U128, EMULTIPLICATION);
        product as u128
    }

    /// `val / divisor`, without the part after the point. Aborts with `EDIVISION_BY_ZERO` if `divisor` is zero, with
    /// `EDIVISION` if the result exceeds 128 bits.
    public fun divide_u128(val: u128, divisor: FixedPoint64): u128 {
        assert!(divisor.value != 0, EDIVISION_BY_ZERO);
        let quotient = ((val as u256) << 64) / (divisor.value as u256);
        assert!(quotient <= MAX_U128, EDIVISION);
        quotient as u128
    }

    /// `numerator / denominator`, rounded down. Aborts with `EDENOMINATOR` if `denominator` is zero, with
    /// `ERATIO_OUT_OF_RANGE` if the ratio is 2^64 or more, or if it would be rounded down to zero although
    /// `numerator` is not zero.
    public fun create_from_rational(numerator: u128, denominator: u128): FixedPoint64 {
        assert!(denominator != 0, EDENOMINATOR);
        let ratio = ((numerator as u256) << 64) / (denominator as u256);
        assert!(ratio != 0 || numerator == 0, ERATIO_OUT_OF_RANGE);
        assert!(ratio <= MAX_U128, ERATIO_OUT_OF_RANGE);
        FixedPoint64 { value: ratio as u128 }
    }

    /// The number `value / 2^64`.
    public fun create_from_raw_value(value: u128): FixedPoint64 {
        FixedPoint64 { value }
    }

    /// The number times 2^64.
    public fun get_raw_value(self: FixedPoint64): u128 {
        self.value
    }

    /// Whether the number is zero.
    public fun is_zero(self: FixedPoint64): bool {
        self.value == 0
    }

    /// The smaller of two numbers.
    public fun min(num1: FixedPoint64, num2: FixedPoint64): FixedPoint64 {
        if (num2.value < num1.value) num2 else num1
    }

    /// The larger of two numbers.
    public fun max(num1: FixedPoint64, num2: FixedPoint64): FixedPoint64 {
        if (num2.value > num1.value) num2 else num1
    }

    /// `self <= num2`.
    public fun less_or_equal(self: FixedPoint64, num2: FixedPoint64): bool {
        self.value <= num2.value
    }

    /// `self < num2`.
    public fun less(self: FixedPoint64, num2: FixedPoint64): bool {
        self.value < num2.value
    }

    /// `self >= num2`.
    public fun greater_or_equal(self: FixedPoint64, num2: FixedPoint64): bool {
        self.value >= num2.value
    }

    /// `self > num2`.
    public fun greater(self: FixedPoint64, num2: FixedPoint64): bool {
        self.value > num2.value
    }

    /// Whether the two numbers are the same.
    public fun equal(self: FixedPoint64, num2: FixedPoint64): bool {
        self.value == num2.value
    }

    /// Whether the two numbers are no further apart than `precision`.
    public fun almost_equal(self: FixedPoint64, num2: FixedPoint64, precision: FixedPoint64): bool {
        let distance = if (self.value > num2.value) self.value - num2.value else num2.value - self.value;
        distance <= precision.value
    }

    /// The whole number `val`. Aborts with `ERATIO_OUT_OF_RANGE` if it is 2^64 or more.
    public fun create_from_u128(val: u128): FixedPoint64 {
        let value = (val as u256) << 64;
        assert!(value <= MAX_U128, ERATIO_OUT_OF_RANGE);
        FixedPoint64 { value: value as u128 }
    }

    /// The largest whole number that is not above the number.
    public fun floor(self: FixedPoint64): u128 {
        self.value >> 64
    }

    /// The smallest whole number that is not below the number.
    public fun ceil(self: FixedPoint64): u128 {
        let whole = self.floor();
        if (self.value == whole << 64) whole else whole + 1
    }

    /// The nearest whole number; a half is rounded up.
    public fun round(self: FixedPoint64): u128 {
        // The highest bit after the point tells whether at least a half is missing.
        self.floor() + ((self.value >> 63) & 1)
    }
}
