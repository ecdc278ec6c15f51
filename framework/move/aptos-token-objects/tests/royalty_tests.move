#[test_only]
module aptos_token_objects::royalty_tests {
    use std::option;
    use aptos_framework::object::{Self, ConstructorRef, Object, ObjectCore};
    use aptos_token_objects::royalty::{Self, Royalty};

    fun vase(maker: &signer): (ConstructorRef, Object<ObjectCore>) {
        let ref = object::create_named_object(maker, b"vase");
        let vase = object::object_from_constructor_ref(&ref);
        (ref, vase)
    }

    fun assert_royalty(object: Object<ObjectCore>, expected: Royalty) {
        assert!(royalty::get(object) == option::some(expected), 0);
    }

    #[test(maker = @0xc0ffee)]
    fun an_object_has_none_until_it_gets_one(maker: &signer) {
        let (ref, vase) = vase(maker);
        assert!(option::is_none(&royalty::get(vase)), 0);
        assert!(!royalty::exists_at(object::object_address(&vase)), 1);

        let twentieth = royalty::create(1, 20, @0xfee);
        royalty::init(&ref, twentieth);
        assert_royalty(vase, twentieth);
        assert!(royalty::exists_at(object::object_address(&vase)), 2);
    }

    #[test]
    fun it_tells_what_it_was_made_of() {
        let royalty = royalty::create(3, 40, @0xfee);
        assert!(royalty::numerator(&royalty) == 3, 0);
        assert!(royalty::denominator(&royalty) == 40, 1);
        assert!(royalty::payee_address(&royalty) == @0xfee, 2);
    }

    #[test(maker = @0xc0ffee)]
    fun the_ref_sets_and_replaces_it(maker: &signer) {
        let (ref, vase) = vase(maker);
        let mutator = royalty::generate_mutator_ref(object::generate_extend_ref(&ref));
        royalty::update(&mutator, royalty::create(1, 20, @0xfee));
        assert_royalty(vase, royalty::create(1, 20, @0xfee));
        royalty::update(&mutator, royalty::create(0, 1, @0xb0b));
        assert_royalty(vase, royalty::create(0, 1, @0xb0b));
    }

    #[test]
    fun the_whole_price_is_allowed() {
        royalty::create(7, 7, @0xfee);
    }

    #[test]
    #[expected_failure(abort_code = 0x20002, location = aptos_token_objects::royalty)]
    fun more_than_the_price_is_not() {
        royalty::create(8, 7, @0xfee);
    }

    #[test]
    #[expected_failure(abort_code = 0x20003, location = aptos_token_objects::royalty)]
    fun a_fraction_needs_a_denominator() {
        royalty::create(0, 0, @0xfee);
    }
}
