#[test_only]
module aptos_std::comparator_tests {
    use std::string;
    use aptos_std::comparator::{Self, Result};

    struct Point has drop {
        x: u8,
        y: vector<u8>
    }

    fun is_smaller(result: Result): bool {
        assert!(!result.is_equal() && result.is_smaller_than() != result.is_greater_than());
        result.is_smaller_than()
    }

    #[test]
    fun the_same_is_equal() {
        let result = comparator::compare(&vector[1u64, 2], &vector[1, 2]);
        assert!(result.is_equal() && !result.is_smaller_than() && !result.is_greater_than());
        assert!(comparator::compare_u8_vector(b"", b"").is_equal());
    }

    #[test]
    fun the_first_difference_decides() {
        assert!(is_smaller(comparator::compare_u8_vector(x"0102ff", x"010300")));
        assert!(!is_smaller(comparator::compare_u8_vector(x"0200", x"01ff")));
    }

    #[test]
    fun a_prefix_comes_first() {
        assert!(is_smaller(comparator::compare_u8_vector(b"ab", b"abc")));
        assert!(!is_smaller(comparator::compare_u8_vector(b"abc", b"ab")));
        assert!(is_smaller(comparator::compare_u8_vector(b"", x"00")));
    }

    #[test]
    fun values_are_compared_by_bcs() {
        // Little-endian: 256 is 00 01, 1 is 01 00.
        assert!(is_smaller(comparator::compare(&256u16, &1u16)));
        assert!(is_smaller(comparator::compare(&1u128, &2u128)));
        // The length is first: one letter comes before two.
        assert!(is_smaller(comparator::compare(&string::utf8(b"b"), &string::utf8(b"aa"))));
        assert!(is_smaller(comparator::compare(&false, &true)));
        assert!(is_smaller(comparator::compare(&@0x2, &@0x10)));
    }

    #[test]
    fun fields_are_compared_one_after_another() {
        let point = Point { x: 1, y: b"b" };
        assert!(is_smaller(comparator::compare(&point, &Point { x: 2, y: b"a" })));
        assert!(!is_smaller(comparator::compare(&point, &Point { x: 1, y: b"a" })));
        assert!(comparator::compare(&point, &Point { x: 1, y: b"b" }).is_equal());
    }
}
