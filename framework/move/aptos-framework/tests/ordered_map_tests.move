#[test_only]
module aptos_std::ordered_map_tests {
    use std::option;
    use aptos_std::ordered_map::{Self, OrderedMap};

    fun tens(): OrderedMap<u64, u64> {
        ordered_map::new_from(vector[30, 10, 20], vector[3, 1, 2])
    }

    #[test]
    fun entries_are_ordered_by_key() {
        let map = ordered_map::new<u64, vector<u8>>();
        assert!(map.is_empty());
        map.add(5, b"five");
        map.add(1, b"one");
        map.add(9, b"nine");
        map.add(3, b"three");
        map.validate_ordered();
        assert!(map.length() == 4 && !map.is_empty());
        assert!(map.keys() == vector[1, 3, 5, 9]);
        assert!(map.values() == vector[b"one", b"three", b"five", b"nine"]);
        assert!(map.contains(&3) && !map.contains(&4));
        assert!(map.borrow(&3) == &b"three");
        map.borrow_mut(&3).push_back(33);
        assert!(map.remove(&3) == b"three!");
        assert!(map.keys() == vector[1, 5, 9]);
    }

    #[test]
    fun keys_of_any_type_are_ordered() {
        let map = ordered_map::new<vector<u8>, u64>();
        map.add(b"b", 1);
        map.add(b"", 2);
        map.add(b"ab", 3);
        map.add(b"a", 4);
        assert!(map.keys() == vector[b"", b"a", b"ab", b"b"]);
    }

    #[test]
    fun upsert_returns_what_it_replaces() {
        let map = tens();
        assert!(map.upsert(10, 11) == option::some(1));
        assert!(map.upsert(15, 5) == option::none());
        assert!(map.keys() == vector[10, 15, 20, 30] && map.values() == vector[11, 5, 2, 3]);
        map.upsert_all(vector[15, 40, 15], vector[6, 7, 8]);
        assert!(map.keys() == vector[10, 15, 20, 30, 40]);
        assert!(map.values() == vector[11, 8, 2, 3, 7]);
    }

    #[test]
    fun lookups_may_miss() {
        let map = tens();
        assert!(map.get(&20) == option::some(2) && map.get(&21) == option::none());
        assert!(map.get_and_map(&20, |value| *value * 2) == option::some(4));
        assert!(map.get_and_map(&21, |value| *value * 2) == option::none());
        assert!(map.remove_or_none(&20) == option::some(2));
        assert!(map.remove_or_none(&20) == option::none());
        assert!(map.length() == 2);
    }

    #[test]
    fun neighbours_are_found_for_any_key() {
        let map = tens();
        assert!(map.prev_key(&10) == option::none() && map.next_key(&10) == option::some(20));
        assert!(map.prev_key(&5) == option::none() && map.next_key(&5) == option::some(10));
        assert!(map.prev_key(&15) == option::some(10) && map.next_key(&15) == option::some(20));
        assert!(map.prev_key(&30) == option::some(20) && map.next_key(&30) == option::none());
        assert!(map.prev_key(&35) == option::some(30) && map.next_key(&35) == option::none());
    }

    #[test]
    fun both_ends_are_accessible() {
        let map = tens();
        let (key, value) = map.borrow_front();
        assert!(*key == 10 && *value == 1);
        let (key, value) = map.borrow_back();
        assert!(*key == 30 && *value == 3);
        let (key, value) = map.pop_front();
        assert!(key == 10 && value == 1);
        let (key, value) = map.pop_back();
        assert!(key == 30 && value == 3);
        assert!(map.keys() == vector[20]);
    }

    #[test]
    fun keys_can_be_replaced_in_place() {
        let map = tens();
        map.replace_key_inplace(&20, 29);
        map.replace_key_inplace(&10, 0);
        map.replace_key_inplace(&30, 99);
        map.replace_key_inplace(&29, 29);
        assert!(map.keys() == vector[0, 29, 99] && map.values() == vector[1, 2, 3]);
    }

    #[test]
    fun append_lets_the_other_map_win() {
        let map = tens();
        map.append(ordered_map::new_from(vector[5, 20, 25, 30, 35], vector[50, 60, 70, 80, 90]));
        map.validate_ordered();
        assert!(map.keys() == vector[5, 10, 20, 25, 30, 35]);
        assert!(map.values() == vector[50, 1, 60, 70, 80, 90]);
    }

    #[test]
    /// Maps of up to four of six keys, merged in every combination.
    fun append_is_a_sorted_union() {
        for (mine in 0..64) for (added in 0..64) {
            let map = ordered_map::new<u64, u64>();
            let other = ordered_map::new<u64, u64>();
            let expected = ordered_map::new<u64, u64>();
            for (key in 0..6) {
                if ((mine >> (key as u8)) & 1 == 1) {
                    map.add(key, key);
                    expected.upsert(key, key);
                };
                if ((added >> (key as u8)) & 1 == 1) {
                    other.add(key, key + 100);
                    expected.upsert(key, key + 100);
                };
            };
            if (mine & added == 0) {
                map.append_disjoint(other)
            } else {
                map.append(other)
            };
            assert!(map == expected);
        }
    }

    #[test]
    fun trim_splits() {
        let map = tens();
        let rest = map.trim(1);
        assert!(map.keys() == vector[10] && rest.keys() == vector[20, 30]);
        assert!(map.trim(1).is_empty());
        assert!(map.trim(0).keys() == vector[10]);
        map.destroy_empty();
        map = rest;
        map.append_disjoint(ordered_map::new());
        assert!(map.keys() == vector[20, 30]);
    }

    #[test]
    fun iterators_walk_both_ways() {
        let map = tens();
        let iter = map.internal_new_begin_iter();
        assert!(iter.iter_is_begin(&map) && iter.iter_is_begin_from_non_empty());
        let seen = vector[];
        while (!iter.iter_is_end(&map)) {
            seen.push_back(*iter.iter_borrow_key(&map));
            seen.push_back(*iter.iter_borrow(&map));
            iter = iter.iter_next(&map);
        };
        assert!(seen == vector[10, 1, 20, 2, 30, 3]);
        assert!(iter == map.internal_new_end_iter() && !iter.iter_is_begin(&map));
        seen = vector[];
        while (!iter.iter_is_begin(&map)) {
            iter = iter.iter_prev(&map);
            seen.push_back(*iter.iter_borrow_key(&map));
        };
        assert!(seen == vector[30, 20, 10]);

        let empty = ordered_map::new<u64, u64>();
        let iter = empty.internal_new_begin_iter();
        assert!(iter.iter_is_begin(&empty) && iter.iter_is_end(&empty));
        assert!(!iter.iter_is_begin_from_non_empty());
    }

    #[test]
    fun iterators_are_found_by_key() {
        let map = tens();
        assert!(map.internal_find(&20).iter_borrow(&map) == &2);
        assert!(map.internal_find(&21).iter_is_end(&map));
        assert!(map.internal_lower_bound(&20) == map.internal_find(&20));
        assert!(map.internal_lower_bound(&11) == map.internal_find(&20));
        assert!(map.internal_lower_bound(&0) == map.internal_find(&10));
        assert!(map.internal_lower_bound(&31).iter_is_end(&map));
    }

    #[test]
    fun iterators_change_the_map() {
        let map = tens();
        *map.internal_find(&10).iter_borrow_mut(&mut map) += 5;
        assert!(map.internal_find(&20).iter_replace(&mut map, 22) == 2);
        assert!(map.internal_find(&30).iter_remove(&mut map) == 3);
        map.internal_new_end_iter().iter_add(&mut map, 40, 4);
        map.internal_find(&20).iter_add(&mut map, 15, 7);
        map.internal_new_begin_iter().iter_add(&mut map, 1, 0);
        assert!(map.keys() == vector[1, 10, 15, 20, 40] && map.values() == vector[0, 6, 7, 22, 4]);
        let doubled = map.internal_find(&15).iter_modify(&mut map, |value| {
            *value += 1;
            *value * 2
        });
        assert!(doubled == 16 && *map.borrow(&15) == 8);
    }

    #[test]
    fun values_are_modified_in_place() {
        let map = tens();
        map.modify(&10, |value| *value += 10);
        assert!(map.modify_if_present(&20, |value| *value += 10));
        assert!(!map.modify_if_present(&21, |value| *value += 10));
        assert!(map.modify_or_add(&30, |value| *value += 10, || 0));
        assert!(!map.modify_or_add(&40, |value| *value += 10, || 4));
        assert!(map.keys() == vector[10, 20, 30, 40] && map.values() == vector[11, 12, 13, 4]);
    }

    #[test]
    fun all_entries_are_visited_in_order() {
        let map = tens();
        let seen = vector[];
        map.for_each_mut(|key, value| *value += *key);
        map.for_each_ref(|key, value| {
            seen.push_back(*key);
            seen.push_back(*value);
        });
        assert!(seen == vector[10, 11, 20, 22, 30, 33]);
        let sum = 0;
        map.for_each(|key, value| sum += key * value);
        assert!(sum == 110 + 440 + 990);
        let (keys, values) = tens().to_vec_pair();
        assert!(keys == vector[10, 20, 30] && values == vector[1, 2, 3]);
        let keys = 0;
        let values = 0;
        tens().destroy(|key| keys += key, |value| values += value);
        assert!(keys == 60 && values == 6);
    }

    struct Resource has store { id: u64 }

    #[test]
    fun values_need_no_abilities() {
        let map = ordered_map::new<u64, Resource>();
        map.add(2, Resource { id: 2 });
        map.add(1, Resource { id: 1 });
        let Resource { id } = map.remove(&1);
        assert!(id == 1);
        map.destroy(|_key| {}, |value| { let Resource { id: _ } = value; });
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::ordered_map)]
    fun adding_a_key_twice_aborts() {
        tens().add(20, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::ordered_map)]
    fun making_a_map_of_equal_keys_aborts() {
        ordered_map::new_from(vector[1, 2, 1], vector[1, 2, 3]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::ordered_map)]
    fun appending_an_equal_key_as_disjoint_aborts() {
        tens().append_disjoint(tens());
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::ordered_map)]
    fun removing_a_missing_key_aborts() {
        tens().remove(&21);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::ordered_map)]
    fun borrowing_a_missing_key_aborts() {
        tens().borrow(&21);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::ordered_map)]
    fun borrowing_a_missing_key_mutably_aborts() {
        tens().borrow_mut(&31);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::ordered_map)]
    fun replacing_a_missing_key_aborts() {
        tens().replace_key_inplace(&21, 22);
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = aptos_std::ordered_map)]
    fun replacing_a_key_by_its_successor_aborts() {
        tens().replace_key_inplace(&20, 30);
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = aptos_std::ordered_map)]
    fun replacing_a_key_by_its_predecessor_aborts() {
        tens().replace_key_inplace(&20, 10);
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = aptos_std::ordered_map)]
    fun adding_in_the_wrong_place_aborts() {
        let map = tens();
        map.internal_find(&20).iter_add(&mut map, 21, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_std::ordered_map)]
    fun borrowing_the_front_of_nothing_aborts() {
        ordered_map::new<u64, u64>().borrow_front();
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_std::ordered_map)]
    fun borrowing_the_back_of_nothing_aborts() {
        ordered_map::new<u64, u64>().borrow_back();
    }

    #[test]
    #[expected_failure(abort_code = 0x20000, location = std::vector)]
    fun popping_the_front_of_nothing_aborts() {
        ordered_map::new<u64, u64>().pop_front();
    }

    #[test]
    #[expected_failure(abort_code = 0x20000, location = std::vector)]
    fun trimming_beyond_the_end_aborts() {
        tens().trim(4);
    }

    #[test]
    #[expected_failure(vector_error, minor_status = 3, location = aptos_std::ordered_map)]
    fun destroying_a_filled_map_as_empty_aborts() {
        tens().destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_std::ordered_map)]
    fun going_beyond_the_end_aborts() {
        let map = tens();
        map.internal_new_end_iter().iter_next(&map);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_std::ordered_map)]
    fun going_before_the_beginning_aborts() {
        let map = tens();
        map.internal_new_begin_iter().iter_prev(&map);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_std::ordered_map)]
    fun borrowing_the_key_at_the_end_aborts() {
        let map = tens();
        map.internal_new_end_iter().iter_borrow_key(&map);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_std::ordered_map)]
    fun borrowing_the_value_at_the_end_aborts() {
        let map = tens();
        map.internal_new_end_iter().iter_borrow(&map);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_std::ordered_map)]
    fun removing_at_the_end_aborts() {
        let map = tens();
        map.internal_new_end_iter().iter_remove(&mut map);
    }
}
