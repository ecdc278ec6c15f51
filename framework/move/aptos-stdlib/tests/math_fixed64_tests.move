#[test_only]
module aptos_std::math_fixed64_tests {
    use aptos_std::fixed_point64::{Self as fixed};
    use aptos_std::math_fixed64::{Self as math};

    /// 2^64, the number one.
    const ONE: u128 = 18446744073709551616;
    const MAX: u128 = 340282366920938463463374607431768211455;

    fun raw(value: u128): fixed::FixedPoint64 {
        fixed::create_from_raw_value(value)
    }

    fun ratio(numerator: u128, denominator: u128): fixed::FixedPoint64 {
        fixed::create_from_rational(numerator, denominator)
    }

    /// `value` is `exact` or at most `error` less.
    fun near(value: fixed::FixedPoint64, exact: u128, error: u128) {
        let value = value.get_raw_value();
        assert!(value <= exact && exact - value <= error);
    }

    #[test]
    fun square_roots_are_rounded_down() {
        assert!(math::sqrt(raw(0)) == raw(0));
        assert!(math::sqrt(raw(ONE)) == raw(ONE));
        assert!(math::sqrt(ratio(9, 1)) == ratio(3, 1));
        assert!(math::sqrt(ratio(1, 4)) == ratio(1, 2));
        assert!(math::sqrt(raw(1)) == raw(1 << 32));
        assert!(math::sqrt(ratio(2, 1)) == raw(26087635650665564424));
        assert!(math::sqrt(raw(MAX)) == raw((1 << 96) - 1));
    }

    #[test]
    fun exponentials() {
        assert!(math::exp(raw(0)) == raw(ONE));
        near(math::exp(ratio(1, 2)), 30413539329486470295, 0);
        near(math::exp(ratio(1, 1)), 50143449209799256682, 0);
        near(math::exp(ratio(2, 1)), 136304026803256390412, 0);
        near(math::exp(ratio(44, 1)), 237070178247242565758494479259259458783, 67108864);
        assert!(math::exp(raw(818323753292969962226)).floor() == ONE - 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = aptos_std::math_fixed64)]
    fun an_exponential_too_large_aborts() {
        math::exp(raw(818323753292969962226 + 1));
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = aptos_std::math_fixed64)]
    fun the_largest_exponent_aborts() {
        math::exp(raw(MAX));
    }

    #[test]
    fun binary_logarithms() {
        assert!(math::log2_plus_64(raw(1)) == raw(0));
        assert!(math::log2_plus_64(ratio(1, 2)) == raw(63 * ONE));
        assert!(math::log2_plus_64(ratio(1, 1)) == raw(64 * ONE));
        assert!(math::log2_plus_64(ratio(8, 1)) == raw(67 * ONE));
        near(math::log2_plus_64(ratio(10, 1)), 1241870378115064015865, 8);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::math128)]
    fun zero_has_no_binary_logarithm() {
        math::log2_plus_64(raw(0));
    }

    #[test]
    fun natural_logarithms() {
        assert!(math::ln_plus_32ln2(raw(1)) == raw(0));
        // 64 ln 2 and ln 10 + 64 ln 2; the constant for ln 2 is a little too large.
        near(math::ln_plus_32ln2(ratio(1, 1)), 818323753292969962226 + 32, 32);
        near(math::ln_plus_32ln2(ratio(10, 1)), 860798951211369831246 + 32, 40);
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
        assert!(math::pow(ratio(10, 1), 19) == ratio(10000000000000000000, 1));
        assert!(math::pow(ratio(3, 2), 4) == ratio(81, 16));
        assert!(math::pow(ratio(1, 2), 64) == raw(1));
        assert!(math::pow(ratio(1, 2), 1000) == raw(0));
        // 1.01 to the power 365, from 1.01 rounded down.
        near(math::pow(ratio(101, 100), 365), 696981343364580201707, 20000);
    }

    #[test]
    #[expected_failure(arithmetic_error, location = aptos_std::math_fixed64)]
    fun a_power_too_large_aborts() {
        math::pow(ratio(2, 1), 64);
    }

    #[test]
    fun products_may_be_large_on_the_way() {
        assert!(math::mul_div(ratio(3, 1), ratio(5, 2), ratio(3, 1)) == ratio(5, 2));
        assert!(math::mul_div(raw(MAX), raw(MAX), raw(MAX)) == raw(MAX));
        assert!(math::mul_div(raw(1), raw(1), raw(2)) == raw(0));
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = aptos_std::math_fixed64)]
    fun mul_div_by_zero_aborts() {
        math::mul_div(raw(1), raw(1), raw(0));
    }

    #[test]
    #[expected_failure(arithmetic_error, location = aptos_std::math_fixed64)]
    fun mul_div_too_large_aborts() {
        math::mul_div(raw(MAX), raw(2), raw(1));
    }
}
