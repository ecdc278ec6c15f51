#[test_only]
module aptos_std::math_fixed_tests {
    use std::fixed_point32::{Self as fixed};
    use aptos_std::math_fixed::{Self as math};

    /// 2^32, the number one.
    const ONE: u64 = 4294967296;
    const MAX: u64 = 18446744073709551615;

    fun raw(value: u64): fixed::FixedPoint32 {
        fixed::create_from_raw_value(value)
    }

    fun ratio(numerator: u64, denominator: u64): fixed::FixedPoint32 {
        fixed::create_from_rational(numerator, denominator)
    }

    /// `value` is `exact` or at most `error` less.
    fun near(value: fixed::FixedPoint32, exact: u64, error: u64) {
        let value = value.get_raw_value();
        assert!(value <= exact && exact - value <= error);
    }

    #[test]
    fun square_roots_are_rounded_down() {
        assert!(math::sqrt(raw(0)) == raw(0));
        assert!(math::sqrt(raw(ONE)) == raw(ONE));
        assert!(math::sqrt(ratio(9, 1)) == ratio(3, 1));
        assert!(math::sqrt(ratio(1, 4)) == ratio(1, 2));
        assert!(math::sqrt(raw(1)) == raw(1 << 16));
        assert!(math::sqrt(ratio(2, 1)) == raw(6074000999));
        assert!(math::sqrt(raw(MAX)) == raw((1 << 48) - 1));
    }

    #[test]
    fun exponentials() {
        assert!(math::exp(raw(0)) == raw(ONE));
        near(math::exp(ratio(1, 2)), 7081203937, 0);
        near(math::exp(ratio(1, 1)), 11674931554, 0);
        near(math::exp(ratio(2, 1)), 31735754293, 0);
        near(math::exp(ratio(22, 1)), 15397083433145465869, 0);
        assert!(math::exp(raw(95265423098)).floor() == ONE - 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = aptos_std::math_fixed)]
    fun an_exponential_too_large_aborts() {
        math::exp(raw(95265423098 + 1));
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = aptos_std::math_fixed)]
    fun the_largest_exponent_aborts() {
        math::exp(raw(MAX));
    }

    #[test]
    fun binary_logarithms() {
        assert!(math::log2_plus_32(raw(1)) == raw(0));
        assert!(math::log2_plus_32(ratio(1, 2)) == raw(31 * ONE));
        assert!(math::log2_plus_32(ratio(1, 1)) == raw(32 * ONE));
        assert!(math::log2_plus_32(ratio(8, 1)) == raw(35 * ONE));
        near(math::log2_plus_32(ratio(10, 1)), 151706525999, 8);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::math128)]
    fun zero_has_no_binary_logarithm() {
        math::log2_plus_32(raw(0));
    }

    #[test]
    fun natural_logarithms() {
        assert!(math::ln_plus_32ln2(raw(1)) == raw(0));
        // 32 ln 2 and ln 10 + 32 ln 2; the constant for ln 2 is a little too large.
        near(math::ln_plus_32ln2(ratio(1, 1)), 95265423098 + 32, 32);
        near(math::ln_plus_32ln2(ratio(10, 1)), 105154950768 + 32, 40);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::math128)]
    fun zero_has_no_natural_logarithm() {
        math::ln_plus_32ln2(raw(0));
    }

    #[test]
    fun powers() {
        assert!(math::pow(raw(0), 0) == raw(ONE));
        assert!(math::pow(raw(0), 5) == raw(0));
        assert!(math::pow(raw(MAX), 1) == raw(MAX));
        assert!(math::pow(ratio(1, 1), 18446744073709551615) == ratio(1, 1));
        assert!(math::pow(ratio(10, 1), 9) == ratio(1000000000, 1));
        assert!(math::pow(ratio(3, 2), 4) == ratio(81, 16));
        assert!(math::pow(ratio(1, 2), 32) == raw(1));
        assert!(math::pow(ratio(1, 2), 1000) == raw(0));
        // 1.01 to the power 365, from 1.01 rounded down.
        near(math::pow(ratio(101, 100), 365), 162278601682, 0);
    }

    #[test]
    #[expected_failure(arithmetic_error, location = aptos_std::math_fixed)]
    fun a_power_too_large_aborts() {
        math::pow(ratio(2, 1), 32);
    }

    #[test]
    fun products_may_be_large_on_the_way() {
        assert!(math::mul_div(ratio(3, 1), ratio(5, 2), ratio(3, 1)) == ratio(5, 2));
        assert!(math::mul_div(raw(MAX), raw(MAX), raw(MAX)) == raw(MAX));
        assert!(math::mul_div(raw(1), raw(1), raw(2)) == raw(0));
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = aptos_std::math_fixed)]
    fun mul_div_by_zero_aborts() {
        math::mul_div(raw(1), raw(1), raw(0));
    }

    #[test]
    #[expected_failure(arithmetic_error, location = aptos_std::math_fixed)]
    fun mul_div_too_large_aborts() {
        math::mul_div(raw(MAX), raw(2), raw(1));
    }
}
