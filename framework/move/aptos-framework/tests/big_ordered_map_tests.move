#[test_only]
module aptos_std::big_ordered_map_tests {
    use std::option::{Self, Option};
    use aptos_std::big_ordered_map::{Self, BigOrderedMap};
    use aptos_std::ordered_map::{Self, OrderedMap};

    /// A sequence that looks random, and is the same in every run.
    struct Random has drop { state: u64 }

    fun below(self: &mut Random, bound: u64): u64 {
        let state = (self.state as u128) * 6364136223846793005 + 1442695040888963407;
        self.state = (state & 0xffffffffffffffff) as u64;
        (self.state >> 33) % bound
    }

    fun shuffled(self: &mut Random, count: u64): vector<u64> {
        let keys = vector[];
        for (i in 0..count) keys.push_back(i);
        for (i in 1..count) {
            let j = self.below(i + 1);
            keys.swap(i, j);
        };
        keys
    }

    fun new_map(inner: u16, leaf: u16): BigOrderedMap<u64, u64> {
        big_ordered_map::new_with_config(inner, leaf, false)
    }

    /// The even numbers below `2 * count`, as keys of themselves plus one.
    fun evens(count: u64, inner: u16, leaf: u16): BigOrderedMap<u64, u64> {
        let map = new_map(inner, leaf);
        for (i in 0..count) map.add(2 * i, 2 * i + 1);
        map
    }

    fun drop_map(map: BigOrderedMap<u64, u64>) {
        map.destroy(|_value| {});
    }

    fun assert_equal(map: &BigOrderedMap<u64, u64>, model: &OrderedMap<u64, u64>) {
        map.validate();
        assert!(map.to_ordered_map() == *model);
    }

    /// Everything that can be asked about `key` has the model's answer.
    fun assert_answers(
        map: &BigOrderedMap<u64, u64>, model: &OrderedMap<u64, u64>, key: u64
    ) {
        assert!(map.contains(&key) == model.contains(&key));
        assert!(map.get(&key) == model.get(&key));
        assert!(map.prev_key(&key) == model.prev_key(&key));
        assert!(map.next_key(&key) == model.next_key(&key));
        let iter = map.internal_lower_bound(&key);
        let expected = model.internal_lower_bound(&key);
        assert!(iter.iter_is_end(map) == expected.iter_is_end(model));
        assert!(iter.iter_is_begin(map) == expected.iter_is_begin(model));
        if (!iter.iter_is_end(map)) {
            assert!(iter.iter_borrow_key() == expected.iter_borrow_key(model));
            assert!(iter.iter_borrow(map) == expected.iter_borrow(model));
        };
        assert!(map.internal_find(&key).iter_is_end(map) == !model.contains(&key));
    }

    /// Adds all keys in one random order and removes them in another, and validates every step.
    fun grow_and_shrink(count: u64, inner: u16, leaf: u16, seed: u64) {
        let random = Random { state: seed };
        let map = new_map(inner, leaf);
        let model = ordered_map::new<u64, u64>();
        random.shuffled(count).for_each(|key| {
            map.add(key, key * 7);
            model.add(key, key * 7);
            map.validate();
        });
        assert_equal(&map, &model);
        random.shuffled(count).for_each(|key| {
            assert!(map.remove(&key) == key * 7);
            model.remove(&key);
            map.validate();
            assert_answers(&map, &model, key);
        });
        assert!(map.is_empty());
        map.destroy_empty();
    }

    /// Random operations on few keys, so that about half of them are in the map; in phases that
    /// rather add, and phases that rather remove.
    fun mix(operations: u64, keys: u64, inner: u16, leaf: u16, seed: u64) {
        let random = Random { state: seed };
        let map = big_ordered_map::new_with_config<u64, u64>(inner, leaf, seed % 2 == 0);
        let model = ordered_map::new<u64, u64>();
        for (i in 0..operations) {
            let adding = (i / keys) % 2 == 0;
            let choice = random.below(10);
            let key = random.below(keys);
            if ((adding && choice < 6) || (!adding && choice < 3)) {
                assert!(map.upsert(key, i) == model.upsert(key, i));
            } else if (choice < 8) {
                assert!(map.remove_or_none(&key) == model.remove_or_none(&key));
            } else if (model.is_empty()) {
                assert!(map.is_empty());
            } else if (choice == 8) {
                let (key, value) = map.pop_front();
                let (expected_key, expected_value) = model.pop_front();
                assert!(key == expected_key && value == expected_value);
            } else {
                let (key, value) = map.pop_back();
                let (expected_key, expected_value) = model.pop_back();
                assert!(key == expected_key && value == expected_value);
            };
            assert_answers(&map, &model, random.below(keys));
            if (i % 8 == 0) assert_equal(&map, &model);
        };
        assert_equal(&map, &model);
        drop_map(map);
    }

    #[test]
    fun grow_and_shrink_with_least_degrees() {
        for (seed in 0..4) grow_and_shrink(70, 4, 3, seed);
    }

    #[test]
    fun grow_and_shrink_with_even_degrees() {
        for (seed in 10..14) grow_and_shrink(80, 4, 4, seed);
    }

    #[test]
    fun grow_and_shrink_with_odd_degrees() {
        for (seed in 20..24) grow_and_shrink(80, 5, 5, seed);
    }

    #[test]
    fun grow_and_shrink_with_unlike_degrees() {
        for (seed in 30..32) grow_and_shrink(90, 7, 3, seed);
        for (seed in 40..42) grow_and_shrink(90, 4, 9, seed);
    }

    #[test]
    fun mixed_operations_with_least_degrees() {
        for (seed in 50..54) mix(500, 60, 4, 3, seed);
    }

    #[test]
    fun mixed_operations_with_small_degrees() {
        for (seed in 60..62) mix(500, 80, 5, 4, seed);
        for (seed in 70..72) mix(500, 80, 6, 5, seed);
    }

    #[test]
    fun mixed_operations_with_default_degrees() {
        mix(400, 100, 0, 0, 80);
    }

    #[test]
    fun keys_may_come_in_order() {
        for (leaf in 3..7) {
            let map = new_map(4, leaf);
            for (i in 0..100) {
                map.add(i, i);
                map.validate();
            };
            assert!(map.compute_length() == 100);
            for (i in 0..100) {
                let (key, value) = map.pop_front();
                assert!(key == i && value == i);
                map.validate();
            };
            map.destroy_empty();
        }
    }

    #[test]
    fun keys_may_come_in_reverse() {
        for (leaf in 3..7) {
            let map = new_map(4, leaf);
            for (i in 0..100) {
                map.add(100 - i, i);
                map.validate();
            };
            for (i in 0..100) {
                let (key, value) = map.pop_back();
                assert!(key == 100 - i && value == i);
                map.validate();
            };
            map.destroy_empty();
        }
    }

    #[test]
    /// Bounds above a leaf stay when its greatest keys are removed.
    fun keys_between_a_leaf_and_its_bound_can_be_added() {
        let map = evens(60, 4, 4);
        let model = map.to_ordered_map();
        for (i in 0..60) {
            let key = 2 * i;
            map.remove(&key);
            model.remove(&key);
            for (probe in 0..121) assert_answers(&map, &model, probe);
            map.add(key + 1, i);
            model.add(key + 1, i);
            assert_equal(&map, &model);
        };
        drop_map(map);
    }

    #[test]
    fun iterators_walk_both_ways() {
        let map = evens(50, 4, 3);
        let iter = map.internal_new_begin_iter();
        assert!(iter.iter_is_begin(&map));
        for (i in 0..50) {
            assert!(*iter.iter_borrow_key() == 2 * i && *iter.iter_borrow(&map) == 2 * i + 1);
            assert!(iter == map.internal_find(&(2 * i)) && iter.iter_is_begin(&map) == (i == 0));
            iter = iter.iter_next(&map);
        };
        assert!(iter.iter_is_end(&map) && iter == map.internal_new_end_iter());
        for (i in 0..50) {
            assert!(!iter.iter_is_begin(&map));
            iter = iter.iter_prev(&map);
            assert!(*iter.iter_borrow_key() == 98 - 2 * i);
        };
        assert!(iter.iter_is_begin(&map));
        drop_map(map);

        let map = new_map(4, 3);
        let iter = map.internal_new_begin_iter();
        assert!(iter.iter_is_begin(&map) && iter.iter_is_end(&map));
        map.destroy_empty();
    }

    #[test]
    fun entries_are_removed_at_iterators() {
        let map = evens(40, 4, 3);
        for (i in 0..40) {
            let key = (i * 17 % 40) * 2;
            let found = map.internal_find_with_path(&key);
            assert!(found.iter_with_path_get_iter() == map.internal_find(&key));
            assert!(found.iter_remove(&mut map) == key + 1);
            map.validate();
            let missing = map.internal_find_with_path(&key);
            assert!(missing.iter_with_path_get_iter().iter_is_end(&map));
        };
        map.destroy_empty();
    }

    #[test]
    fun all_entries_are_visited_in_order() {
        let map = evens(30, 4, 4);
        map.for_each_mut(|key, value| *value += *key);
        let expected = 0;
        map.for_each_ref(|key, value| {
            assert!(*key == expected && *value == 2 * expected + 1);
            expected += 2;
        });
        assert!(expected == 60);
        let keys = map.keys();
        assert!(keys.length() == 30);
        keys.enumerate_ref(|i, key| assert!(*key == 2 * i));
        let expected = 0;
        map.for_each_and_clear(|key, value| {
            assert!(key == expected && value == 2 * expected + 1);
            expected += 2;
        });
        assert!(expected == 60 && map.is_empty());
        map.add(1, 2);
        let sum = 0;
        map.for_each(|key, value| sum += key + value);
        assert!(sum == 3);
        let sum = 0;
        evens(30, 4, 3).destroy(|value| sum += value);
        assert!(sum == 900);
    }

    #[test]
    fun common_keys_are_visited_in_order() {
        let map = evens(30, 4, 3);
        let threes = new_map(5, 5);
        for (i in 0..15) threes.add(3 * i, i);
        let seen = vector[];
        map.intersection_zip_for_each_ref(&threes, |key, value, third| {
            assert!(*value == *key + 1 && *third * 3 == *key);
            seen.push_back(*key);
        });
        assert!(seen == vector[0, 6, 12, 18, 24, 30, 36, 42]);
        drop_map(map);
        drop_map(threes);
    }

    #[test]
    fun values_are_modified_in_place() {
        let map = evens(20, 4, 3);
        *map.borrow_mut(&10) += 100;
        assert!(*map.borrow(&10) == 111);
        map.modify(&10, |value| *value += 1);
        assert!(map.modify_and_return(&10, |value| { *value += 1; *value }) == 113);
        assert!(map.modify_if_present(&12, |value| *value = 0));
        assert!(!map.modify_if_present(&13, |value| *value = 0));
        assert!(map.modify_if_present_and_return(&12, |value| *value) == option::some(0));
        assert!(map.modify_if_present_and_return(&13, |value| *value) == option::none());
        assert!(map.modify_or_add(&12, |value| *value += 5, || 9));
        assert!(!map.modify_or_add(&13, |value| *value += 5, || 9));
        assert!(*map.borrow(&12) == 5 && *map.borrow(&13) == 9);
        assert!(map.get_and_map(&13, |value| *value * 2) == option::some(18));
        assert!(map.get_and_map(&15, |value| *value * 2) == option::none());
        drop_map(map);
    }

    #[test]
    fun both_ends_are_accessible() {
        let map = evens(20, 4, 3);
        let (key, value) = map.borrow_front();
        assert!(key == 0 && *value == 1);
        let (key, value) = map.borrow_back();
        assert!(key == 38 && *value == 39);
        assert!(map.upsert(38, 0) == option::some(39) && map.upsert(39, 1) == option::none());
        let (key, value) = map.borrow_back();
        assert!(key == 39 && *value == 1);
        drop_map(map);
    }

    struct Resource has store { id: u64 }

    #[test]
    fun values_need_no_abilities() {
        let map = big_ordered_map::new_with_config<address, Resource>(4, 3, false);
        let addresses = vector[@0x7, @0x3, @0x9, @0x1, @0x8, @0x2, @0x6, @0x5];
        addresses.enumerate_ref(|id, key| map.add(*key, Resource { id }));
        map.validate();
        map.borrow_mut(&@0x9).id += 10;
        let Resource { id } = map.remove(&@0x9);
        assert!(id == 12);
        let replaced: Option<Resource> = map.upsert(@0x1, Resource { id: 50 });
        let Resource { id } = replaced.destroy_some();
        assert!(id == 3);
        map.destroy(|value| { let Resource { id: _ } = value; });
    }

    #[test]
    fun maps_are_made_of_vectors() {
        let map = big_ordered_map::new_from(vector[b"b", b"a", b"c"], vector[2, 1, 3]);
        assert!(map.keys() == vector[b"a", b"b", b"c"] && *map.borrow(&b"b") == 2);
        map.add_all(vector[b"e", b"d"], vector[5, 4]);
        assert!(map.to_ordered_map().values() == vector[1, 2, 3, 4, 5]);
        map.destroy(|_value| {});
    }

    // Slots and sizes

    #[test]
    fun slots_are_reused() {
        let map = big_ordered_map::new_with_config<u64, u64>(4, 3, true);
        map.allocate_spare_slots(40);
        assert!(map.num_spare_slots() == 40);
        for (i in 0..30) map.add(i, i);
        let used = 40 - map.num_spare_slots();
        assert!(used > 10);
        for (i in 0..30) assert!(map.remove(&i) == i);
        map.validate();
        assert!(map.num_spare_slots() == 40);
        for (i in 0..30) map.add(i, i);
        assert!(map.num_spare_slots() == 40 - used);
        drop_map(map);
    }

    #[test]
    fun degrees_follow_from_constant_sizes() {
        let map = big_ordered_map::new<u64, u64>();
        let (inner, leaf) = map.max_degrees();
        assert!(inner == 512 && leaf == 256);
        map.destroy_empty();
        let map = big_ordered_map::new_with_reusable<bool, u8>();
        let (inner, leaf) = map.max_degrees();
        assert!(inner == 4096 && leaf == 2048);
        map.destroy_empty();
        let map = big_ordered_map::new_with_config<u64, u64>(0, 7, false);
        let (inner, leaf) = map.max_degrees();
        assert!(inner == 512 && leaf == 7);
        map.destroy_empty();
    }

    #[test]
    fun degrees_follow_from_the_first_entry() {
        let map = big_ordered_map::new_with_config<vector<u8>, vector<u8>>(0, 0, false);
        let (inner, leaf) = map.max_degrees();
        assert!(inner == 0 && leaf == 0);
        map.add(bytes(99), bytes(899));
        let (inner, leaf) = map.max_degrees();
        // 4096 / 101 and 4096 / 1000, with lengths encoded.
        assert!(inner == 40 && leaf == 4);
        // 5 KB fit whatever the first entry was.
        map.add(bytes(5), bytes(5000));
        map.validate();
        map.destroy(|_value| {});

        let map = big_ordered_map::new_with_config<vector<u8>, u8>(0, 0, false);
        map.add(b"", 0);
        let (inner, leaf) = map.max_degrees();
        assert!(inner == 80 && leaf == 80);
        map.add(bytes(5000), 0);
        map.destroy(|_value| {});
    }

    #[test]
    fun degrees_follow_from_hints() {
        let map = big_ordered_map::new_with_type_size_hints<vector<u8>, vector<u8>>(32, 64, 96, 500);
        let (inner, leaf) = map.max_degrees();
        assert!(inner == 128 && leaf == 32);
        map.add(bytes(60), bytes(490));
        map.destroy(|_value| {});
        let map = big_ordered_map::new_with_type_size_hints<vector<u8>, vector<u8>>(1, 8000, 1, 8000);
        let (inner, leaf) = map.max_degrees();
        assert!(inner == 51 && leaf == 25);
        map.destroy_empty();
    }

    #[test]
    fun values_of_variable_size_are_modified_in_place() {
        let map = big_ordered_map::new_with_config<u64, vector<u8>>(4, 3, false);
        for (i in 0..20) map.add(i, vector[]);
        map.modify(&7, |value| value.push_back(1));
        let length = map.internal_find(&7).iter_modify(&mut map, |value| {
            let value: &mut vector<u8> = value;
            value.push_back(2);
            value.length()
        });
        assert!(length == 2);
        assert!(map.borrow(&7) == &vector[1, 2]);
        map.destroy(|_value| {});
    }

    fun bytes(length: u64): vector<u8> {
        let bytes = vector[];
        for (_i in 0..length) bytes.push_back(0);
        bytes
    }

    // Aborts

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::big_ordered_map)]
    fun adding_a_key_twice_aborts() {
        let map = evens(10, 4, 3);
        map.add(4, 0);
        drop_map(map);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::big_ordered_map)]
    fun removing_a_missing_key_aborts() {
        let map = evens(10, 4, 3);
        map.remove(&5);
        drop_map(map);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::big_ordered_map)]
    fun borrowing_a_missing_key_aborts() {
        let map = evens(10, 4, 3);
        map.borrow(&5);
        drop_map(map);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::big_ordered_map)]
    fun borrowing_a_missing_key_mutably_aborts() {
        let map = evens(10, 4, 3);
        map.borrow_mut(&21);
        drop_map(map);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::big_ordered_map)]
    fun modifying_a_missing_key_aborts() {
        let map = evens(10, 4, 3);
        map.modify(&5, |value| *value = 0);
        drop_map(map);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_std::big_ordered_map)]
    fun popping_the_front_of_nothing_aborts() {
        let map = new_map(4, 3);
        map.pop_front();
        drop_map(map);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_std::big_ordered_map)]
    fun popping_the_back_of_nothing_aborts() {
        let map = new_map(4, 3);
        map.pop_back();
        drop_map(map);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_std::big_ordered_map)]
    fun going_beyond_the_end_aborts() {
        let map = evens(10, 4, 3);
        map.internal_new_end_iter().iter_next(&map);
        drop_map(map);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_std::big_ordered_map)]
    fun going_before_the_beginning_aborts() {
        let map = evens(10, 4, 3);
        map.internal_new_begin_iter().iter_prev(&map);
        drop_map(map);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_std::big_ordered_map)]
    fun removing_at_the_end_aborts() {
        let map = evens(10, 4, 3);
        map.internal_find_with_path(&5).iter_remove(&mut map);
        drop_map(map);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_std::big_ordered_map)]
    fun borrowing_at_the_end_aborts() {
        let map = evens(10, 4, 3);
        map.internal_new_end_iter().iter_borrow(&map);
        drop_map(map);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = aptos_std::big_ordered_map)]
    fun too_small_an_inner_degree_aborts() {
        drop_map(new_map(3, 3));
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = aptos_std::big_ordered_map)]
    fun too_small_a_leaf_degree_aborts() {
        drop_map(new_map(4, 2));
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = aptos_std::big_ordered_map)]
    fun too_large_a_degree_aborts() {
        drop_map(new_map(4, 4097));
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = aptos_std::big_ordered_map)]
    fun an_average_above_the_maximum_aborts() {
        big_ordered_map::new_with_type_size_hints<vector<u8>, u8>(9, 8, 1, 1).destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = aptos_std::big_ordered_map)]
    fun too_large_a_hint_aborts() {
        big_ordered_map::new_with_type_size_hints<vector<u8>, u8>(9, 200000, 1, 1).destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x1000c, location = aptos_std::big_ordered_map)]
    fun destroying_a_filled_map_as_empty_aborts() {
        evens(10, 4, 3).destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x1000d, location = aptos_std::big_ordered_map)]
    fun too_large_an_entry_aborts() {
        let map = big_ordered_map::new_with_config<u64, vector<u8>>(4, 100, false);
        map.add(1, bytes(4080));
        map.add(2, bytes(4090));
        map.destroy(|_value| {});
    }

    #[test]
    #[expected_failure(abort_code = 0x1000d, location = aptos_std::big_ordered_map)]
    fun growing_a_value_too_large_aborts() {
        let map = big_ordered_map::new_with_config<u64, vector<u8>>(4, 100, false);
        map.add(1, bytes(4080));
        map.modify(&1, |value| value.append(bytes(10)));
        map.destroy(|_value| {});
    }

    #[test]
    #[expected_failure(abort_code = 0x1000e, location = aptos_std::big_ordered_map)]
    fun borrowing_a_value_of_variable_size_mutably_aborts() {
        let map = big_ordered_map::new_with_config<u64, vector<u8>>(4, 100, false);
        map.add(1, b"");
        map.borrow_mut(&1);
        map.destroy(|_value| {});
    }

    #[test]
    #[expected_failure(abort_code = 0x1000f, location = aptos_std::big_ordered_map)]
    fun too_large_a_key_aborts() {
        let map = big_ordered_map::new_with_config<vector<u8>, u8>(100, 10, false);
        map.add(bytes(4090), 1);
        map.add(bytes(4096), 1);
        map.destroy(|_value| {});
    }

    #[test]
    #[expected_failure(abort_code = 0x10010, location = aptos_std::big_ordered_map)]
    fun new_for_variable_sizes_aborts() {
        big_ordered_map::new<u64, vector<u8>>().destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10010, location = aptos_std::big_ordered_map)]
    fun new_with_reusable_for_variable_sizes_aborts() {
        big_ordered_map::new_with_reusable<vector<u8>, u64>().destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::storage_slots_allocator)]
    fun spare_slots_without_reuse_abort() {
        let map = new_map(4, 3);
        map.allocate_spare_slots(1);
        drop_map(map);
    }
}
