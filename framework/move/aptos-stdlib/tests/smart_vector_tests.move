#[test_only]
module aptos_std::smart_vector_tests {
    use aptos_std::smart_vector::{Self, SmartVector};

    /// `0, 1, ... length - 1`, with three inline elements and buckets of two.
    fun counted(length: u64): SmartVector<u64> {
        let v = smart_vector::empty_with_config(3, 2);
        for (i in 0..length) v.push_back(i);
        v
    }

    fun counted_vector(length: u64): vector<u64> {
        let v = vector[];
        for (i in 0..length) v.push_back(i);
        v
    }

    fun assert_is(v: SmartVector<u64>, expected: vector<u64>) {
        assert!(v.to_vector() == expected && v.length() == expected.length());
        assert!(v.is_empty() == expected.is_empty());
        expected.enumerate_ref(|i, element| assert!(v.borrow(i) == element));
        v.destroy();
    }

    #[test]
    fun elements_go_in_and_out_at_the_end() {
        for (length in 0..9) {
            let v = counted(length);
            for (i in 0..length) {
                assert!(v.length() == length - i && v.pop_back() == length - i - 1);
            };
            v.push_back(5);
            assert!(v.pop_back() == 5);
            v.destroy_empty();
            assert_is(counted(length), counted_vector(length));
        }
    }

    #[test]
    fun elements_may_be_changed_wherever_they_are() {
        let v = counted(8);
        for (i in 0..8) *v.borrow_mut(i) *= 10;
        assert_is(v, vector[0, 10, 20, 30, 40, 50, 60, 70]);
    }

    #[test]
    fun sizes_decide_without_configuration() {
        let v = smart_vector::new<u64>();
        // 18 of 8 bytes are below 150 bytes.
        for (i in 0..1000) v.push_back(i);
        assert_is(v, counted_vector(1000));
        let v = smart_vector::new<vector<u8>>();
        let large = vector[];
        for (_i in 0..2000) large.push_back(1);
        for (_i in 0..5) v.push_back(large);
        assert!(v.length() == 5 && v.borrow(4) == &large);
        v.destroy();
        assert_is(smart_vector::singleton(7), vector[7]);
    }

    #[test]
    fun nothing_is_inline_without_capacity() {
        let v = smart_vector::empty_with_config(0, 4);
        for (i in 0..6) v.push_back(i);
        v.swap(0, 5);
        v.reverse();
        assert!(v.remove(5) == 5 && v.swap_remove(0) == 0);
        assert_is(v, vector[1, 4, 3, 2]);
    }

    #[test]
    fun remove_keeps_the_order() {
        for (length in 1..9) for (i in 0..length) {
            let v = counted(length);
            let expected = counted_vector(length);
            assert!(v.remove(i) == i);
            expected.remove(i);
            v.push_back(100);
            expected.push_back(100);
            assert_is(v, expected);
        }
    }

    #[test]
    fun swap_remove_takes_the_last() {
        for (length in 1..9) for (i in 0..length) {
            let v = counted(length);
            let expected = counted_vector(length);
            assert!(v.swap_remove(i) == i);
            expected.swap_remove(i);
            v.push_back(100);
            expected.push_back(100);
            assert_is(v, expected);
        }
    }

    #[test]
    fun any_two_elements_swap() {
        for (i in 0..7) for (j in 0..7) {
            let v = counted(7);
            let expected = counted_vector(7);
            v.swap(i, j);
            expected.swap(i, j);
            assert_is(v, expected);
        }
    }

    #[test]
    fun reverse_keeps_the_sizes() {
        for (length in 0..9) {
            let v = counted(length);
            let expected = counted_vector(length);
            v.reverse();
            expected.reverse();
            v.push_back(100);
            expected.push_back(100);
            assert_is(v, expected);
        }
    }

    #[test]
    fun append_joins() {
        for (left in 0..6) for (right in 0..6) {
            let v = counted(left);
            let expected = counted_vector(left);
            v.append(counted(right));
            v.add_all(counted_vector(2));
            expected.append(counted_vector(right));
            expected.append(counted_vector(2));
            assert_is(v, expected);
        }
    }

    #[test]
    fun clear_leaves_a_usable_vector() {
        let v = counted(7);
        v.clear();
        assert!(v.is_empty());
        v.add_all(counted_vector(5));
        assert_is(v, counted_vector(5));
    }

    #[test]
    fun elements_are_found() {
        let v = counted(7);
        for (i in 0..7) {
            let (found, index) = v.index_of(&i);
            assert!(found && index == i && v.contains(&i));
        };
        let (found, index) = v.index_of(&7);
        assert!(!found && index == 0 && !v.contains(&7));
        v.destroy();
    }

    #[test]
    fun elements_are_visited_in_order() {
        let seen = vector[];
        counted(7).for_each(|element| seen.push_back(element));
        assert!(seen == counted_vector(7));
        seen = vector[];
        counted(7).for_each_reverse(|element| seen.push_back(element));
        assert!(seen == vector[6, 5, 4, 3, 2, 1, 0]);
        let v = counted(7);
        seen = vector[];
        v.for_each_mut(|element| *element += 1);
        v.for_each_ref(|element| seen.push_back(*element));
        assert!(seen == vector[1, 2, 3, 4, 5, 6, 7]);
        v.enumerate_mut(|i, element| *element *= i);
        v.enumerate_ref(|i, element| assert!(*element == i * (i + 1)));
        v.destroy();
    }

    #[test]
    fun elements_are_folded() {
        assert!(counted(7).fold(0, |sum, element| sum * 2 + element) == 120);
        assert!(counted(7).foldr(0, |element, sum| sum * 2 + element) == 642);
    }

    #[test]
    fun elements_are_mapped_and_filtered() {
        assert_is(counted(5).map(|element| element * 2), vector[0, 2, 4, 6, 8]);
        assert_is(counted(7).filter(|element| *element % 3 == 0), vector[0, 3, 6]);
        let v = counted(5);
        assert_is(v.map_ref(|element| *element + 1), vector[1, 2, 3, 4, 5]);
        v.destroy();
    }

    #[test]
    fun vectors_are_zipped() {
        let pairs = vector[];
        counted(5).zip(counted(5).map(|element| element * 10), |a, b| pairs.push_back(a + b));
        assert!(pairs == vector[0, 11, 22, 33, 44]);
        pairs = vector[];
        counted(5).zip_reverse(counted(5), |a, b| pairs.push_back(a + b));
        assert!(pairs == vector[8, 6, 4, 2, 0]);
        let v = counted(5);
        let w = counted(5);
        v.zip_mut(&mut w, |a, b| { *a += 1; *b += *a; });
        pairs = vector[];
        v.zip_ref(&w, |a, b| pairs.push_back(*a * 100 + *b));
        assert!(pairs == vector[101, 203, 305, 407, 509]);
        assert_is(v.zip_map_ref(&w, |a, b| *b - *a), vector[0, 1, 2, 3, 4]);
        assert_is(v.zip_map(w, |a, b| a + b), vector[2, 5, 8, 11, 14]);
    }

    struct Resource has store { id: u64 }

    #[test]
    fun elements_need_no_abilities() {
        let v = smart_vector::empty_with_config<Resource>(1, 2);
        for (id in 0..5) v.push_back(Resource { id });
        v.swap(0, 4);
        let Resource { id } = v.remove(0);
        assert!(id == 4);
        v.reverse();
        let sum = 0;
        v.for_each(|element| {
            let Resource { id } = element;
            sum = sum * 10 + id;
        });
        assert!(sum == 321);
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = aptos_std::smart_vector)]
    fun buckets_of_no_size_abort() {
        smart_vector::empty_with_config<u64>(1, 0).destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::smart_vector)]
    fun destroying_a_filled_vector_as_empty_aborts() {
        counted(1).destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x30003, location = aptos_std::smart_vector)]
    fun popping_nothing_aborts() {
        let v = counted(0);
        v.pop_back();
        v.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::smart_vector)]
    fun borrowing_out_of_bounds_aborts() {
        let v = counted(5);
        v.borrow(5);
        v.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::smart_vector)]
    fun borrowing_mutably_out_of_bounds_aborts() {
        let v = counted(2);
        v.borrow_mut(2);
        v.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::smart_vector)]
    fun removing_out_of_bounds_aborts() {
        let v = counted(5);
        v.remove(5);
        v.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::smart_vector)]
    fun swap_removing_out_of_bounds_aborts() {
        let v = counted(5);
        v.swap_remove(5);
        v.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::smart_vector)]
    fun swapping_out_of_bounds_aborts() {
        let v = counted(5);
        v.swap(5, 0);
        v.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x20005, location = Self)]
    fun zipping_unequal_lengths_aborts() {
        counted(5).zip(counted(4), |_a, _b| {});
    }

    #[test]
    #[expected_failure(abort_code = 0x20005, location = Self)]
    fun zipping_references_of_unequal_lengths_aborts() {
        let v = counted(5);
        let w = counted(4);
        v.zip_ref(&w, |_a, _b| {});
        v.destroy();
        w.destroy();
    }
}
