#[test_only]
module aptos_token_objects::property_map_tests {
    use std::bcs;
    use std::string::{Self, String};
    use std::vector;
    use aptos_framework::object::{Self, Object, ObjectCore};
    use aptos_token_objects::property_map::{Self, MutatorRef};

    fun s(bytes: vector<u8>): String {
        string::utf8(bytes)
    }

    fun sword(maker: &signer): (Object<ObjectCore>, MutatorRef) {
        let ref = object::create_named_object(maker, b"sword");
        let properties = property_map::prepare_input(
            vector[s(b"weight"), s(b"owner")],
            vector[s(b"u64"), s(b"address")],
            vector[bcs::to_bytes(&1200u64), bcs::to_bytes(&@0xb0b)],
        );
        property_map::init(&ref, properties);
        (object::object_from_constructor_ref(&ref), property_map::generate_mutator_ref(&ref))
    }

    #[test(maker = @0xc0ffee)]
    fun what_was_prepared_can_be_read(maker: &signer) {
        let (sword, _) = sword(maker);
        assert!(property_map::length(&sword) == 2, 0);
        assert!(property_map::contains_key(&sword, &s(b"weight")), 1);
        assert!(!property_map::contains_key(&sword, &s(b"length")), 2);
        assert!(property_map::read_u64(&sword, &s(b"weight")) == 1200, 3);
        assert!(property_map::read_address(&sword, &s(b"owner")) == @0xb0b, 4);
    }

    #[test(maker = @0xc0ffee)]
    fun every_type_comes_back_typed(maker: &signer) {
        let (sword, ref) = sword(maker);
        property_map::add_typed(&ref, s(b"a"), true);
        property_map::add_typed(&ref, s(b"b"), 0xffu8);
        property_map::add_typed(&ref, s(b"c"), 0xfffeu16);
        property_map::add_typed(&ref, s(b"d"), 0xfffffffdu32);
        property_map::add_typed(&ref, s(b"e"), 0xfffffffffffffffcu64);
        property_map::add_typed(&ref, s(b"f"), 1u128 << 127);
        property_map::add_typed(&ref, s(b"g"), 1u256 << 255);
        property_map::add_typed(&ref, s(b"h"), @0xadd);
        property_map::add_typed(&ref, s(b"i"), b"bytes");
        property_map::add_typed(&ref, s(b"j"), s(b"text"));
        assert!(property_map::read_bool(&sword, &s(b"a")), 0);
        assert!(property_map::read_u8(&sword, &s(b"b")) == 0xff, 1);
        assert!(property_map::read_u16(&sword, &s(b"c")) == 0xfffe, 2);
        assert!(property_map::read_u32(&sword, &s(b"d")) == 0xfffffffd, 3);
        assert!(property_map::read_u64(&sword, &s(b"e")) == 0xfffffffffffffffc, 4);
        assert!(property_map::read_u128(&sword, &s(b"f")) == 1 << 127, 5);
        assert!(property_map::read_u256(&sword, &s(b"g")) == 1 << 255, 6);
        assert!(property_map::read_address(&sword, &s(b"h")) == @0xadd, 7);
        assert!(property_map::read_bytes(&sword, &s(b"i")) == b"bytes", 8);
        assert!(property_map::read_string(&sword, &s(b"j")) == s(b"text"), 9);
    }

    #[test(maker = @0xc0ffee)]
    fun every_type_goes_by_its_name(maker: &signer) {
        let (sword, ref) = sword(maker);
        let types = vector[
            s(b"bool"), s(b"u8"), s(b"u16"), s(b"u32"), s(b"u64"), s(b"u128"), s(b"u256"), s(b"address"),
            s(b"vector<u8>"), s(b"0x1::string::String"),
        ];
        let values = vector[
            x"01", x"02", x"0300", x"04000000", bcs::to_bytes(&5u64), bcs::to_bytes(&6u128),
            bcs::to_bytes(&7u256), bcs::to_bytes(&@0x8), x"0109", x"0141",
        ];
        for (i in 0..vector::length(&types)) {
            let type = *vector::borrow(&types, i);
            let value = *vector::borrow(&values, i);
            property_map::add(&ref, type, type, value);
            let (read_type, read_value) = property_map::read(&sword, &type);
            assert!(read_type == type && read_value == value, i);
        };
        assert!(property_map::length(&sword) == 12, 10);
    }

    #[test(maker = @0xc0ffee)]
    fun an_update_can_change_the_type(maker: &signer) {
        let (sword, ref) = sword(maker);
        property_map::update_typed(&ref, &s(b"weight"), s(b"heavy"));
        assert!(property_map::read_string(&sword, &s(b"weight")) == s(b"heavy"), 0);
        property_map::update(&ref, &s(b"weight"), s(b"u8"), x"09");
        assert!(property_map::read_u8(&sword, &s(b"weight")) == 9, 1);
        assert!(property_map::length(&sword) == 2, 2);
    }

    #[test(maker = @0xc0ffee)]
    fun a_removed_property_is_gone(maker: &signer) {
        let (sword, ref) = sword(maker);
        property_map::remove(&ref, &s(b"weight"));
        assert!(!property_map::contains_key(&sword, &s(b"weight")), 0);
        property_map::add_typed(&ref, s(b"weight"), 1u8);
        assert!(property_map::read_u8(&sword, &s(b"weight")) == 1, 1);
    }

    #[test(maker = @0xc0ffee)]
    #[expected_failure(abort_code = 0x60001, location = aptos_token_objects::property_map)]
    fun nothing_is_left_of_what_was_burned(maker: &signer) {
        let (sword, ref) = sword(maker);
        property_map::burn(ref);
        property_map::length(&sword);
    }

    #[test(maker = @0xc0ffee)]
    #[expected_failure(abort_code = 0x60001, location = aptos_token_objects::property_map)]
    fun an_object_without_properties_gets_none(maker: &signer) {
        let ref = object::create_named_object(maker, b"sword");
        property_map::add_typed(&property_map::generate_mutator_ref(&ref), s(b"weight"), 1u8);
    }

    #[test(maker = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10006, location = aptos_token_objects::property_map)]
    fun a_property_is_read_as_its_own_type_only(maker: &signer) {
        let (sword, _) = sword(maker);
        property_map::read_u128(&sword, &s(b"weight"));
    }

    #[test(maker = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10007, location = aptos_token_objects::property_map)]
    fun a_struct_is_no_property(maker: &signer) {
        let (_, ref) = sword(maker);
        property_map::add_typed(&ref, s(b"self"), std::option::some(1u8));
    }

    #[test]
    #[expected_failure(abort_code = 0x10007, location = aptos_token_objects::property_map)]
    fun a_type_must_be_known() {
        property_map::prepare_input(vector[s(b"a")], vector[s(b"string")], vector[x"0141"]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = aptos_token_objects::property_map)]
    fun every_key_needs_a_value() {
        property_map::prepare_input(vector[s(b"a")], vector[s(b"u8")], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10005, location = aptos_token_objects::property_map)]
    fun every_key_needs_a_type() {
        property_map::prepare_input(vector[s(b"a")], vector[], vector[x"01"]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::simple_map)]
    fun a_key_comes_once() {
        property_map::prepare_input(
            vector[s(b"a"), s(b"a")], vector[s(b"u8"), s(b"u8")], vector[x"01", x"02"],
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::from_bcs)]
    fun a_value_must_be_of_its_type() {
        property_map::prepare_input(vector[s(b"a")], vector[s(b"u64")], vector[x"01"]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10008, location = aptos_token_objects::property_map)]
    fun a_key_can_be_too_long() {
        let key = vector[];
        for (_i in 0..129) vector::push_back(&mut key, 0x61);
        property_map::prepare_input(vector[s(key)], vector[s(b"u8")], vector[x"01"]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_token_objects::property_map)]
    fun there_can_be_too_many() {
        let keys = vector[];
        for (_i in 0..1001) vector::push_back(&mut keys, s(b"a"));
        property_map::prepare_input(keys, vector[], vector[]);
    }

    #[test(maker = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::simple_map)]
    fun only_what_is_there_can_be_removed(maker: &signer) {
        let (_, ref) = sword(maker);
        property_map::remove(&ref, &s(b"length"));
    }
}
