#[test_only]
module std::fixed_point32_tests {
    use std::fixed_point32::{Self as fixed};

    /// 2^32, the number one.
    const ONE: u64 = 4294967296;
    const MAX: u64 = 18446744073709551615;

    #[test]
    fun ratios_are_rounded_down() {
        assert!(fixed::create_from_rational(3, 4).get_raw_value() == ONE / 4 * 3);
        assert!(fixed::create_from_rational(1, 3).get_raw_value() == ONE / 3);
        assert!(fixed::create_from_rational(MAX, MAX).get_raw_value() == ONE);
        assert!(fixed::create_from_rational(0, 7).is_zero());
    }

    #[test]
    fun ratios_reach_both_ends_of_the_range() {
        assert!(fixed::create_from_rational(1, ONE).get_raw_value() == 1);
        assert!(fixed::create_from_rational(MAX, ONE).get_raw_value() == MAX);
    }

    #[test]
    fun raw_values_come_back() {
        assert!(fixed::create_from_raw_value(MAX).get_raw_value() == MAX);
        assert!(fixed::create_from_raw_value(0).is_zero());
        assert!(!fixed::create_from_raw_value(1).is_zero());
    }

    #[test]
    fun whole_numbers_are_exact() {
        assert!(fixed::create_from_u64(5).get_raw_value() == 5 * ONE);
        assert!(fixed::create_from_u64(ONE - 1).floor() == ONE - 1);
    }

    #[test]
    fun products_lose_what_is_after_the_point() {
        let three_quarters = fixed::create_from_rational(3, 4);
        assert!(fixed::multiply_u64(10, three_quarters) == 7);
        assert!(fixed::multiply_u64(1, three_quarters) == 0);
        assert!(fixed::multiply_u64(MAX, fixed::create_from_u64(1)) == MAX);
    }

    #[test]
    fun quotients_lose_what_is_after_the_point() {
        let three_quarters = fixed::create_from_rational(3, 4);
        assert!(fixed::divide_u64(10, three_quarters) == 13);
        assert!(fixed::divide_u64(0, three_quarters) == 0);
        assert!(fixed::divide_u64(MAX, fixed::create_from_u64(1)) == MAX);
    }

    #[test]
    fun min_and_max() {
        let small = fixed::create_from_rational(1, 3);
        let large = fixed::create_from_rational(1, 2);
        assert!(fixed::min(small, large) == small);
        assert!(fixed::min(large, small) == small);
        assert!(fixed::max(small, large) == large);
        assert!(fixed::max(large, small) == large);
    }

    #[test]
    fun rounding() {
        let whole = fixed::create_from_u64(4);
        assert!(whole.floor() == 4 && whole.ceil() == 4 && whole.round() == 4);

        let just_above = fixed::create_from_raw_value(4 * ONE + 1);
        assert!(just_above.floor() == 4 && just_above.ceil() == 5 && just_above.round() == 4);

        let half = fixed::create_from_rational(9, 2);
        assert!(half.floor() == 4 && half.ceil() == 5 && half.round() == 5);

        let below_half = fixed::create_from_raw_value(half.get_raw_value() - 1);
        assert!(below_half.round() == 4);

        let largest = fixed::create_from_raw_value(MAX);
        assert!(largest.floor() == ONE - 1 && largest.ceil() == ONE && largest.round() == ONE);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = std::fixed_point32)]
    fun a_ratio_to_zero_aborts() {
        fixed::create_from_rational(2, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x20005, location = std::fixed_point32)]
    fun a_ratio_too_large_aborts() {
        fixed::create_from_rational(ONE, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x20005, location = std::fixed_point32)]
    fun a_ratio_too_small_aborts() {
        fixed::create_from_rational(1, ONE + 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x20005, location = std::fixed_point32)]
    fun a_whole_number_too_large_aborts() {
        fixed::create_from_u64(ONE);
    }

    #[test]
    #[expected_failure(abort_code = 0x20003, location = std::fixed_point32)]
    fun a_product_too_large_aborts() {
        fixed::multiply_u64(MAX, fixed::create_from_raw_value(ONE + 2));
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = std::fixed_point32)]
    fun division_by_zero_aborts() {
        fixed::divide_u64(1, fixed::create_from_raw_value(0));
    }

    #[test]
    #[expected_failure(abort_code = 0x20002, location = std::fixed_point32)]
    fun a_quotient_too_large_aborts() {
        fixed::divide_u64(MAX, fixed::create_from_raw_value(ONE - 1));
    }
}
