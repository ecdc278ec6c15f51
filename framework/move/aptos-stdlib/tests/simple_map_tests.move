#[test_only]
module aptos_std::simple_map_tests {
    use std::option;
    use aptos_std::simple_map::{Self, SimpleMap};

    fun three(): SimpleMap<u64, vector<u8>> {
        simple_map::new_from(vector[3, 1, 2], vector[b"c", b"a", b"b"])
    }

    #[test]
    fun entries_are_found_until_they_are_removed() {
        let map = simple_map::new<u64, u64>();
        assert!(map.length() == 0 && !map.contains_key(&3));

        map.add(3, 30);
        map.add(2, 20);
        assert!(map.length() == 2);
        assert!(map.contains_key(&3) && map.contains_key(&2) && !map.contains_key(&30));
        assert!(*map.borrow(&3) == 30 && *map.borrow(&2) == 20);

        let (key, value) = map.remove(&3);
        assert!(key == 3 && value == 30);
        assert!(!map.contains_key(&3) && map.length() == 1);

        map.remove(&2);
        map.destroy_empty();
    }

    #[test]
    fun values_can_be_changed() {
        let map = three();
        map.borrow_mut(&1).push_back(33);
        assert!(*map.borrow(&1) == b"a!");
        assert!(*map.borrow(&2) == b"b");
    }

    #[test]
    fun keys_and_values_keep_the_order_of_adding() {
        let map = three();
        assert!(map.keys() == vector[3, 1, 2]);
        assert!(map.values() == vector[b"c", b"a", b"b"]);
        let (keys, values) = map.to_vec_pair();
        assert!(keys == vector[3, 1, 2]);
        assert!(values == vector[b"c", b"a", b"b"]);
    }

    #[test]
    fun the_last_entry_takes_the_place_of_a_removed_one() {
        let map = three();
        map.remove(&3);
        assert!(map.keys() == vector[2, 1]);
        map.remove(&1);
        assert!(map.keys() == vector[2]);
    }

    #[test]
    fun upsert_adds_or_replaces_in_place() {
        let map = three();
        let (key, value) = map.upsert(4, b"d");
        assert!(key == option::none() && value == option::none());
        assert!(map.keys() == vector[3, 1, 2, 4]);

        let (key, value) = map.upsert(1, b"A");
        assert!(key == option::some(1) && value == option::some(b"a"));
        assert!(map.keys() == vector[3, 1, 2, 4]);
        assert!(map.values() == vector[b"c", b"A", b"b", b"d"]);
    }

    #[test]
    fun many_entries_at_once() {
        let map = three();
        map.add_all(vector[7, 8], vector[b"g", b"h"]);
        assert!(map.length() == 5 && *map.borrow(&8) == b"h");
        map.add_all(vector[], vector[]);
        assert!(map.length() == 5);
    }

    struct Coin has store {
        value: u64
    }

    #[test]
    fun values_need_not_be_copied_or_dropped() {
        let map = simple_map::new<u8, Coin>();
        map.add(1, Coin { value: 10 });
        map.add(2, Coin { value: 20 });
        let (_, replaced) = map.upsert(2, Coin { value: 5 });
        let Coin { value } = replaced.destroy_some();
        assert!(value == 20);

        let (keys, sum) = (0, 0);
        map.destroy(|key| keys += key, |coin| {
            let Coin { value } = coin;
            sum += value;
        });
        assert!(keys == 3 && sum == 15);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::simple_map)]
    fun adding_a_key_twice_aborts() {
        three().add(1, b"");
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::simple_map)]
    fun a_list_of_keys_with_a_key_twice_aborts() {
        simple_map::new_from(vector[1u8, 2, 1], vector[1u8, 2, 3]);
    }

    #[test]
    #[expected_failure]
    fun fewer_values_than_keys_abort() {
        simple_map::new_from(vector[1u8, 2], vector[1u8]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::simple_map)]
    fun borrowing_what_is_absent_aborts() {
        three().borrow(&9);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::simple_map)]
    fun borrowing_mutably_what_is_absent_aborts() {
        three().borrow_mut(&9);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::simple_map)]
    fun removing_what_is_absent_aborts() {
        three().remove(&9);
    }

    #[test]
    #[expected_failure(location = aptos_std::simple_map)]
    fun entries_are_not_destroyed() {
        three().destroy_empty();
    }
}
