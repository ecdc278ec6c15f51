#[test_only]
module aptos_std::math128_tests {
    use aptos_std::math128::{Self as math};

    const MAX: u128 = 340282366920938463463374607431768211455;

    #[test]
    fun min_max_and_clamp() {
        assert!(math::max(3, 5) == 5 && math::max(5, 3) == 5 && math::max(4, 4) == 4);
        assert!(math::min(3, 5) == 3 && math::min(5, 3) == 3 && math::min(4, 4) == 4);
        assert!(math::clamp(4, 3, 5) == 4);
        assert!(math::clamp(2, 3, 5) == 3);
        assert!(math::clamp(6, 3, 5) == 5);
    }

    #[test]
    fun averages_are_rounded_down_and_never_overflow() {
        assert!(math::average(3, 5) == 4);
        assert!(math::average(5, 2) == 3);
        assert!(math::average(0, 1) == 0);
        assert!(math::average(MAX, MAX) == MAX);
        assert!(math::average(MAX, MAX - 1) == MAX - 1);
        assert!(math::average(0, MAX) == MAX / 2);
    }

    #[test]
    fun greatest_common_divisors() {
        assert!(math::gcd(24, 54) == 6);
        assert!(math::gcd(54, 24) == 6);
        assert!(math::gcd(17, 5) == 1);
        assert!(math::gcd(0, 10) == 10);
        assert!(math::gcd(10, 0) == 10);
        assert!(math::gcd(0, 0) == 0);
        assert!(math::gcd(MAX, MAX) == MAX);
    }

    #[test]
    fun least_common_multiples() {
        assert!(math::lcm(4, 6) == 12);
        assert!(math::lcm(6, 4) == 12);
        assert!(math::lcm(7, 5) == 35);
        assert!(math::lcm(0, 5) == 0);
        assert!(math::lcm(5, 0) == 0);
        assert!(math::lcm(0, 0) == 0);
        assert!(math::lcm(MAX, MAX) == MAX);
    }

    #[test]
    #[expected_failure(arithmetic_error, location = Self)]
    fun a_multiple_too_large_aborts() {
        math::lcm(MAX, MAX - 1);
    }

    #[test]
    fun products_may_be_large_on_the_way() {
        assert!(math::mul_div(7, 5, 3) == 11);
        assert!(math::mul_div(MAX, MAX, MAX) == MAX);
        assert!(math::mul_div(MAX, 2, 4) == MAX / 2);
        assert!(math::mul_div(0, MAX, 1) == 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = Self)]
    fun mul_div_by_zero_aborts() {
        math::mul_div(1, 1, 0);
    }

    #[test]
    #[expected_failure(arithmetic_error, location = Self)]
    fun mul_div_too_large_aborts() {
        math::mul_div(MAX, 2, 1);
    }

    #[test]
    fun powers() {
        assert!(math::pow(10, 0) == 1);
        assert!(math::pow(0, 0) == 1);
        assert!(math::pow(0, 7) == 0);
        assert!(math::pow(10, 1) == 10);
        assert!(math::pow(3, 7) == 2187);
        assert!(math::pow(1, MAX) == 1);
        assert!(math::pow(2, 127) == 1 << 127);
        assert!(math::pow(MAX, 1) == MAX);
        // The square of the square root of the largest power of two is not needed, and would overflow.
        assert!(math::pow(1 << 32, 3) == 1 << 96);
    }

    #[test]
    #[expected_failure(arithmetic_error, location = aptos_std::math128)]
    fun a_power_too_large_aborts() {
        math::pow(2, 128);
    }

    #[test]
    fun floor_log2_is_the_highest_bit() {
        for (i in 0..128) {
            let bit = 1 << (i as u8);
            assert!(math::floor_log2(bit) == (i as u8));
            assert!(math::floor_log2(bit + (bit - 1)) == (i as u8));
        }
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::math128)]
    fun zero_has_no_floor_log2() {
        math::floor_log2(0);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::math128)]
    fun zero_has_no_log2() {
        math::log2(0);
    }

    #[test]
    fun logarithms_of_powers_of_two_are_exact() {
        for (i in 0..128) {
            assert!(math::log2(1 << (i as u8)).get_raw_value() == (i as u64) << 32);
        }
    }

    #[test]
    fun logarithms_have_30_bits_after_the_point() {
        // log2(3), log2(10) and log2(1000) times 2^32, rounded down.
        near(math::log2(3).get_raw_value(), 6807362105);
        near(math::log2(10).get_raw_value(), 14267572527);
        near(math::log2(1000).get_raw_value(), 42802717581);
        near(math::log2(MAX).get_raw_value(), 128 << 32);
    }

    fun near(value: u64, exact: u64) {
        assert!(value <= exact && exact - value <= 4);
    }

    #[test]
    fun square_roots_are_rounded_down() {
        assert!(math::sqrt(0) == 0);
        assert!(math::sqrt(1) == 1);
        assert!(math::sqrt(2) == 1);
        assert!(math::sqrt(256) == 16);
        assert!(math::sqrt(MAX) == (1 << 64) - 1);
        for (i in 1..60) {
            let root = (i as u128) * 7919;
            assert!(math::sqrt(root * root) == root);
            assert!(math::sqrt(root * root - 1) == root - 1);
            assert!(math::sqrt(root * root + 2 * root) == root);
        }
    }

    #[test]
    fun ceil_div_rounds_up() {
        assert!(math::ceil_div(9, 3) == 3);
        assert!(math::ceil_div(10, 3) == 4);
        assert!(math::ceil_div(1, 3) == 1);
        assert!(math::ceil_div(0, 3) == 0);
        assert!(math::ceil_div(MAX, MAX) == 1);
        assert!(math::ceil_div(MAX, 1) == MAX);
        assert!(math::ceil_div(MAX, 2) == MAX / 2 + 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = Self)]
    fun ceil_div_by_zero_aborts() {
        math::ceil_div(1, 0);
    }

    #[test]
    fun logarithms_with_64_bits_have_60_after_the_point() {
        for (i in 0..128) {
            assert!(math::log2_64(1 << (i as u8)).get_raw_value() == (i as u128) << 64);
        };
        // log2(3) and log2(10) times 2^64, rounded down.
        near_64(math::log2_64(3).get_raw_value(), 29237397617229858719);
        near_64(math::log2_64(10).get_raw_value(), 61278757397652712441);
        near_64(math::log2_64(MAX).get_raw_value(), 128 << 64);
    }

    fun near_64(value: u128, exact: u128) {
        assert!(value <= exact && exact - value <= 8);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::math128)]
    fun zero_has_no_log2_64() {
        math::log2_64(0);
    }
}
