#[test_only]
module aptos_token::property_map_tests {
    use std::bcs;
    use std::string::{Self, String};
    use std::vector;
    use aptos_token::property_map::{Self, PropertyMap};

    fun s(bytes: vector<u8>): String {
        string::utf8(bytes)
    }

    fun sword(): PropertyMap {
        property_map::new(
            vector[s(b"weight"), s(b"metal")],
            vector[bcs::to_bytes(&1200u64), b"iron"],
            vector[s(b"u64"), s(b"raw")],
        )
    }

    #[test]
    fun the_order_of_addition_is_kept() {
        let sword = sword();
        property_map::add(&mut sword, s(b"age"), property_map::create_property_value(&3u8));
        assert!(property_map::length(&sword) == 3, 0);
        assert!(property_map::keys(&sword) == vector[s(b"weight"), s(b"metal"), s(b"age")], 1);
        assert!(property_map::types(&sword) == vector[s(b"u64"), s(b"raw"), s(b"u8")], 2);
        assert!(property_map::values(&sword) == vector[bcs::to_bytes(&1200u64), b"iron", x"03"], 3);
    }

    #[test]
    fun nobody_checks_raw_values() {
        let metal = *property_map::borrow(&sword(), &s(b"metal"));
        assert!(property_map::borrow_type(&metal) == s(b"raw"), 0);
        assert!(property_map::borrow_value(&metal) == b"iron", 1);
        assert!(metal == property_map::create_property_value_raw(b"iron", s(b"raw")), 2);
        assert!(metal == property_map::test_create_property_value(s(b"raw"), b"iron"), 3);
    }

    #[test]
    fun every_readable_type_comes_back() {
        let keys = vector[s(b"a"), s(b"b"), s(b"c"), s(b"d"), s(b"e"), s(b"f")];
        let map = property_map::new_with_key_and_property_value(keys, vector[
            property_map::create_property_value(&true),
            property_map::create_property_value(&7u8),
            property_map::create_property_value(&8u64),
            property_map::create_property_value(&9u128),
            property_map::create_property_value(&@0xa),
            property_map::create_property_value(&s(b"text")),
        ]);
        assert!(property_map::read_bool(&map, &s(b"a")), 0);
        assert!(property_map::read_u8(&map, &s(b"b")) == 7, 1);
        assert!(property_map::read_u64(&map, &s(b"c")) == 8, 2);
        assert!(property_map::read_u128(&map, &s(b"d")) == 9, 3);
        assert!(property_map::read_address(&map, &s(b"e")) == @0xa, 4);
        assert!(property_map::read_string(&map, &s(b"f")) == s(b"text"), 5);
    }

    #[test]
    fun other_types_become_bytes() {
        let value = property_map::create_property_value(&vector[1u64]);
        assert!(property_map::borrow_type(&value) == s(b"vector<u8>"), 0);
        assert!(property_map::borrow_value(&value) == bcs::to_bytes(&vector[1u64]), 1);
    }

    #[test]
    fun an_update_replaces_and_adds() {
        let sword = sword();
        property_map::update_property_map(
            &mut sword,
            vector[s(b"metal"), s(b"sharp")],
            vector[bcs::to_bytes(&b"steel"), x"01"],
            vector[s(b"0x1::string::String"), s(b"bool")],
        );
        assert!(property_map::read_string(&sword, &s(b"metal")) == s(b"steel"), 0);
        assert!(property_map::read_bool(&sword, &s(b"sharp")), 1);
        assert!(property_map::length(&sword) == 3, 2);
    }

    #[test]
    fun a_removed_property_is_returned() {
        let sword = sword();
        let (key, value) = property_map::remove(&mut sword, &s(b"metal"));
        assert!(key == s(b"metal") && property_map::borrow_value(&value) == b"iron", 0);
        assert!(!property_map::contains_key(&sword, &s(b"metal")), 1);
        assert!(property_map::contains_key(&sword, &s(b"weight")), 2);
    }

    #[test]
    #[expected_failure(abort_code = 3, location = aptos_token::property_map)]
    fun what_is_not_there_cannot_be_read() {
        property_map::read_u8(&sword(), &s(b"age"));
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = aptos_token::property_map)]
    fun what_is_not_there_cannot_be_removed() {
        property_map::remove(&mut sword(), &s(b"age"));
    }

    #[test]
    #[expected_failure(abort_code = 0x30006, location = aptos_token::property_map)]
    fun a_property_is_read_as_its_own_type_only() {
        property_map::read_u8(&sword(), &s(b"weight"));
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = aptos_token::property_map)]
    fun every_key_needs_a_value() {
        property_map::new(vector[s(b"a")], vector[], vector[s(b"u8")]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10005, location = aptos_token::property_map)]
    fun every_key_needs_a_type() {
        property_map::new(vector[s(b"a")], vector[x"01"], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = aptos_token::property_map)]
    fun every_key_needs_a_property() {
        property_map::new_with_key_and_property_value(vector[s(b"a")], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x30004, location = aptos_token::property_map)]
    fun every_updated_key_needs_a_value() {
        property_map::update_property_map(&mut sword(), vector[s(b"a")], vector[], vector[s(b"u8")]);
    }

    #[test]
    #[expected_failure(abort_code = 0x30005, location = aptos_token::property_map)]
    fun every_updated_key_needs_a_type() {
        property_map::update_property_map(&mut sword(), vector[s(b"a")], vector[x"01"], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::simple_map)]
    fun a_key_comes_once() {
        property_map::add(&mut sword(), s(b"metal"), property_map::create_property_value(&1u8));
    }

    #[test]
    #[expected_failure(abort_code = 0x10007, location = aptos_token::property_map)]
    fun a_key_can_be_too_long() {
        let key = vector[];
        for (_i in 0..129) vector::push_back(&mut key, 0x61);
        property_map::add(&mut sword(), s(key), property_map::create_property_value(&1u8));
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_token::property_map)]
    fun there_can_be_too_many() {
        let keys = vector[];
        for (_i in 0..1001) vector::push_back(&mut keys, s(b"a"));
        property_map::new_with_key_and_property_value(keys, vector[]);
    }
}
