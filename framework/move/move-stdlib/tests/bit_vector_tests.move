#[test_only]
module std::bit_vector_tests {
    use std::bit_vector::{Self, BitVector};

    const MAX_U64: u64 = 18446744073709551615;

    /// A bit vector of `length` with the bits of `places` set.
    fun with(length: u64, places: vector<u64>): BitVector {
        let bits = bit_vector::new(length);
        places.for_each(|place| bits.set(place));
        bits
    }

    #[test]
    fun new_bits_are_clear() {
        let bits = bit_vector::new(9 * bit_vector::word_size());
        assert!(bits.length() == 9);
        for (i in 0..9) {
            assert!(!bits.is_index_set(i));
        }
    }

    #[test]
    fun setting_one_bit_leaves_the_others() {
        let bits = with(5, vector[3]);
        for (i in 0..5) {
            assert!(bits.is_index_set(i) == (i == 3));
        };
        bits.unset(3);
        assert!(bits == bit_vector::new(5));
    }

    #[test]
    fun set_and_unset_may_be_repeated() {
        let bits = with(3, vector[0, 0, 2]);
        assert!(bits == with(3, vector[2, 0]));
        bits.unset(1);
        assert!(bits == with(3, vector[2, 0]));
    }

    #[test]
    fun shift_left_moves_bits_to_the_front() {
        let bits = with(6, vector[0, 2, 5]);
        bits.shift_left(0);
        assert!(bits == with(6, vector[0, 2, 5]));
        bits.shift_left(2);
        assert!(bits == with(6, vector[0, 3]));
        bits.shift_left(3);
        assert!(bits == with(6, vector[0]));
    }

    #[test]
    fun shift_left_by_the_length_or_more_clears_all() {
        let bits = with(4, vector[0, 1, 2, 3]);
        bits.shift_left(4);
        assert!(bits == bit_vector::new(4));

        let bits = with(4, vector[0, 1, 2, 3]);
        bits.shift_left(MAX_U64);
        assert!(bits == bit_vector::new(4));
    }

    #[test]
    fun sequences_are_counted_up_to_a_clear_bit_or_the_end() {
        let bits = with(8, vector[1, 2, 3, 6, 7]);
        assert!(bits.longest_set_sequence_starting_at(0) == 0);
        assert!(bits.longest_set_sequence_starting_at(1) == 3);
        assert!(bits.longest_set_sequence_starting_at(3) == 1);
        assert!(bits.longest_set_sequence_starting_at(4) == 0);
        assert!(bits.longest_set_sequence_starting_at(6) == 2);
    }

    #[test]
    fun the_longest_length_is_1023() {
        assert!(bit_vector::new(1023).length() == 1023);
    }

    #[test]
    #[expected_failure(abort_code = 0x20001, location = std::bit_vector)]
    fun no_bits_abort() {
        bit_vector::new(0);
    }

    #[test]
    #[expected_failure(abort_code = 0x20001, location = std::bit_vector)]
    fun too_many_bits_abort() {
        bit_vector::new(1024);
    }

    #[test]
    #[expected_failure(abort_code = 0x20000, location = std::bit_vector)]
    fun set_past_the_end_aborts() {
        with(4, vector[4]);
    }

    #[test]
    #[expected_failure(abort_code = 0x20000, location = std::bit_vector)]
    fun unset_past_the_end_aborts() {
        bit_vector::new(4).unset(4);
    }

    #[test]
    #[expected_failure(abort_code = 0x20000, location = std::bit_vector)]
    fun reading_past_the_end_aborts() {
        bit_vector::new(4).is_index_set(4);
    }

    #[test]
    #[expected_failure(abort_code = 0x20000, location = std::bit_vector)]
    fun counting_past_the_end_aborts() {
        bit_vector::new(4).longest_set_sequence_starting_at(4);
    }
}
