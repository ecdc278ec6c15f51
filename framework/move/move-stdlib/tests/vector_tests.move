#[test_only]
module std::vector_tests {
    use std::vector;

    struct NoDrop { n: u64 }

    fun unwrap(v: NoDrop): u64 { let NoDrop { n } = v; n }

    #[test]
    fun elements_are_put_in_and_taken_out() {
        let v = vector::empty<u64>();
        assert!(v.is_empty(), 0);
        v.push_back(1);
        v.push_back(2);
        assert!(v.length() == 2 && v[1] == 2, 1);
        v[0] = 9;
        v.swap(0, 1);
        assert!(v == vector[2, 9], 2);
        assert!(v.pop_back() == 9, 3);
        assert!(vector::singleton(2) == v, 4);
        let none = vector<NoDrop>[];
        none.destroy_empty();
    }

    #[test]
    fun order_is_reversed_and_rotated() {
        let v = vector[1, 2, 3, 4, 5];
        v.reverse();
        assert!(v == vector[5, 4, 3, 2, 1], 0);
        v.reverse_slice(1, 4);
        assert!(v == vector[5, 2, 3, 4, 1], 1);
        v.reverse_slice(2, 2);
        assert!(v.rotate(2) == 3, 2);
        assert!(v == vector[3, 4, 1, 5, 2], 3);
        assert!(v.rotate_slice(1, 2, 4) == 3, 4);
        assert!(v == vector[3, 1, 5, 4, 2], 5);
    }

    #[test]
    fun vectors_are_joined_and_cut() {
        let v = vector[];
        v.append(vector[1, 2]);
        v.append(vector[]);
        v.append(vector[3]);
        v.reverse_append(vector[5, 4]);
        assert!(v == vector[1, 2, 3, 4, 5], 0);
        assert!(v.trim(3) == vector[4, 5], 1);
        assert!(v.trim_reverse(1) == vector[3, 2], 2);
        assert!(v.trim(1) == vector[], 3);
        assert!(v.trim(0) == vector[1] && v.is_empty(), 4);
        assert!(vector[1, 2, 3, 4].slice(1, 3) == vector[2, 3], 5);
        assert!(vector[1].slice(1, 1) == vector[], 6);
    }

    #[test]
    fun elements_are_found_put_between_and_removed() {
        let v = vector[10, 20, 30];
        assert!(v.contains(&20) && !v.contains(&25), 0);
        let (found, at) = v.index_of(&30);
        assert!(found && at == 2, 1);
        let (found, at) = v.index_of(&31);
        assert!(!found && at == 0, 2);
        let (found, at) = v.find(|x| *x > 10);
        assert!(found && at == 1, 3);
        v.insert(0, 5);
        v.insert(4, 40);
        v.insert(2, 15);
        assert!(v == vector[5, 10, 15, 20, 30, 40], 4);
        assert!(v.remove(0) == 5 && v.remove(4) == 40 && v.remove(1) == 15, 5);
        assert!(v.remove_value(&20) == vector[20] && v.remove_value(&20) == vector[], 6);
        assert!(v.replace(0, 11) == 10 && v.swap_remove(0) == 11, 7);
        assert!(v == vector[30], 8);
    }

    #[test]
    fun walks_visit_each_element_once_in_order() {
        let seen = vector[];
        vector[1, 2, 3].for_each(|x| seen.push_back(x));
        vector[1, 2].for_each_reverse(|x| seen.push_back(x));
        vector[7].for_each_ref(|x| seen.push_back(*x));
        assert!(seen == vector[1, 2, 3, 2, 1, 7], 0);
        seen.for_each_mut(|x| *x = *x + 1);
        seen.enumerate_mut(|i, x| *x = *x * i);
        assert!(seen == vector[0, 3, 8, 9, 8, 40], 1);
        let sum = 0;
        seen.enumerate_ref(|i, x| sum = sum + i * *x);
        assert!(sum == 3 + 16 + 27 + 32 + 200, 2);
        let total = 0;
        vector[NoDrop { n: 1 }, NoDrop { n: 2 }].destroy(|x| total = total * 10 + unwrap(x));
        assert!(total == 21, 3);
    }

    #[test]
    fun pairs_are_walked_together() {
        let seen = vector[];
        vector[1, 2].zip(vector[10, 20], |a, b| seen.push_back(a + b));
        vector[1, 2].zip_reverse(vector[10, 20], |a, b| seen.push_back(a + b));
        vector[3].zip_ref(&vector[30], |a, b| seen.push_back(*a + *b));
        assert!(seen == vector[11, 22, 22, 11, 33], 0);
        let left = vector[1, 2];
        left.zip_mut(&mut vector[5, 6], |a, b| *a = *a * *b);
        assert!(left == vector[5, 12], 1);
        assert!(left.zip_map(vector[1, 1], |a, b| a - b) == vector[4, 11], 2);
        assert!(vector[1].zip_map_ref(&vector[2], |a, b| *a < *b) == vector[true], 3);
    }

    #[test]
    fun values_are_folded_mapped_and_chosen() {
        assert!(vector[1, 2, 3].fold(0, |a, x| a * 10 + x) == 123, 0);
        assert!(vector[1, 2, 3].foldr(0, |x, a| a * 10 + x) == 321, 1);
        assert!(vector[1, 2].map(|x| x * 2) == vector[2, 4], 2);
        assert!(vector[1, 2].map_ref(|x| *x == 1) == vector[true, false], 3);
        assert!(vector[1, 2, 3, 4].filter(|x| *x % 2 == 0) == vector[2, 4], 4);
        assert!(vector[1, 3].any(|x| *x == 3) && !vector[1, 3].any(|x| *x == 2), 5);
        assert!(vector[1, 3].all(|x| *x < 4) && !vector[1, 5].all(|x| *x < 4), 6);
        let v = vector[1, 2, 3, 4, 5];
        assert!(v.partition(|x| *x % 2 == 1) == 3, 7);
        assert!(v.slice(0, 3) == vector[1, 3, 5], 8);
        let v = vector[1, 2, 3, 4, 5];
        assert!(v.stable_partition(|x| *x % 2 == 0) == 2, 9);
        assert!(v == vector[2, 4, 1, 3, 5], 10);
    }

    #[test]
    fun ranges_stop_before_their_end() {
        assert!(vector::range(2, 5) == vector[2, 3, 4], 0);
        assert!(vector::range(5, 5) == vector[], 1);
        assert!(vector::range_with_step(0, 7, 3) == vector[0, 3, 6], 2);
        let max = 18446744073709551615;
        assert!(vector::range_with_step(max - 3, max, 2) == vector[max - 3, max - 1], 3);
    }

    #[test]
    #[expected_failure(vector_error, minor_status = 1, location = Self)]
    fun nothing_is_borrowed_past_the_end() { vector[1].borrow(1); }

    #[test]
    #[expected_failure(vector_error, minor_status = 2, location = Self)]
    fun nothing_is_taken_from_an_empty_vector() { vector<u64>[].pop_back(); }

    #[test]
    #[expected_failure(abort_code = 0x20000, location = std::vector)]
    fun nothing_is_removed_past_the_end() { vector[1].remove(1); }

    #[test]
    #[expected_failure(abort_code = 0x20000, location = std::vector)]
    fun nothing_is_inserted_past_the_end() { vector[1].insert(2, 1); }

    #[test]
    #[expected_failure(abort_code = 0x20000, location = std::vector)]
    fun nothing_is_swapped_out_of_an_empty_vector() { vector<u64>[].swap_remove(0); }

    #[test]
    #[expected_failure(abort_code = 0x20000, location = std::vector)]
    fun nothing_is_trimmed_to_more() { vector[1].trim(2); }

    #[test]
    #[expected_failure(abort_code = 0x20001, location = std::vector)]
    fun a_range_does_not_run_backwards() { vector[1, 2].reverse_slice(1, 0); }

    #[test]
    #[expected_failure(abort_code = 0x20002, location = Self)]
    fun vectors_of_different_length_are_no_pairs() {
        vector[1].zip(vector[1, 2], |_a, _b| {});
    }

    #[test]
    #[expected_failure(abort_code = 0x20003, location = std::vector)]
    fun a_range_needs_a_step() { vector::range_with_step(0, 1, 0); }

    #[test]
    #[expected_failure(abort_code = 0x20004, location = std::vector)]
    fun a_slice_ends_in_the_vector() { vector[1].slice(0, 2); }
}
