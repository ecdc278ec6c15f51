#[test_only]
module aptos_token_objects::collection_tests {
    use std::option;
    use std::string::{Self, String};
    use std::vector;
    use aptos_framework::object::{Self, ConstructorRef, Object};
    use aptos_token_objects::collection::{Self, Collection};
    use aptos_token_objects::royalty;

    fun text(length: u64): String {
        let bytes = vector[];
        for (_i in 0..length) vector::push_back(&mut bytes, 0x61);
        string::utf8(bytes)
    }

    fun name(): String {
        string::utf8(b"Pottery")
    }

    fun pottery(creator: &signer): ConstructorRef {
        collection::create_unlimited_collection(
            creator, string::utf8(b"Made by hand"), name(), option::none(), string::utf8(b"ipfs://pots"),
        )
    }

    fun object_of(ref: &ConstructorRef): Object<Collection> {
        object::object_from_constructor_ref(ref)
    }

    #[test(creator = @0xc0ffee)]
    fun it_tells_what_it_was_made_of(creator: &signer) {
        let pots = object_of(&pottery(creator));
        assert!(collection::creator(pots) == @0xc0ffee, 0);
        assert!(collection::name(pots) == name(), 1);
        assert!(collection::description(pots) == string::utf8(b"Made by hand"), 2);
        assert!(collection::uri(pots) == string::utf8(b"ipfs://pots"), 3);
        assert!(collection::count(pots) == option::some(0), 4);
        assert!(option::is_none(&royalty::get(pots)), 5);
    }

    #[test(creator = @0xc0ffee)]
    fun its_address_follows_from_creator_and_name(creator: &signer) {
        let pots = object_of(&pottery(creator));
        let at = collection::create_collection_address(&@0xc0ffee, &name());
        assert!(object::object_address(&pots) == at, 0);
        assert!(at == object::create_object_address(&@0xc0ffee, b"Pottery"), 1);
        assert!(at != collection::create_collection_address(&@0xb0b, &name()), 2);
    }

    #[test(creator = @0xc0ffee)]
    fun it_can_have_a_royalty(creator: &signer) {
        let twentieth = royalty::create(1, 20, @0xfee);
        let ref = collection::create_fixed_collection(
            creator, text(0), 1, name(), option::some(twentieth), text(0),
        );
        assert!(royalty::get(object_of(&ref)) == option::some(twentieth), 0);
    }

    #[test(creator = @0xc0ffee)]
    fun all_texts_can_change(creator: &signer) {
        let ref = pottery(creator);
        let pots = object_of(&ref);
        let mutator = collection::generate_mutator_ref(&ref);
        collection::set_name(&mutator, string::utf8(b"Ceramics"));
        collection::set_description(&mutator, string::utf8(b"Made by machine"));
        collection::set_uri(&mutator, string::utf8(b"ipfs://ceramics"));
        assert!(collection::name(pots) == string::utf8(b"Ceramics"), 0);
        assert!(collection::description(pots) == string::utf8(b"Made by machine"), 1);
        assert!(collection::uri(pots) == string::utf8(b"ipfs://ceramics"), 2);
    }

    #[test(creator = @0xc0ffee)]
    fun a_renamed_collection_stays_where_it_was(creator: &signer) {
        let ref = pottery(creator);
        collection::set_name(&collection::generate_mutator_ref(&ref), string::utf8(b"Ceramics"));
        let at = collection::create_collection_address(&@0xc0ffee, &name());
        assert!(object::object_address(&object_of(&ref)) == at, 0);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x80001, location = aptos_framework::object)]
    fun a_name_cannot_be_used_twice(creator: &signer) {
        pottery(creator);
        pottery(creator);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::object)]
    fun it_stays_with_its_creator(creator: &signer) {
        object::transfer(creator, object_of(&pottery(creator)), @0xb0b);
    }

    #[test(creator = @0xc0ffee)]
    fun it_changes_hands_if_made_for_an_owner(creator: &signer) {
        let pots = object_of(&collection::create_unlimited_collection_as_owner(
            creator, text(0), name(), option::none(), text(0),
        ));
        object::transfer(creator, pots, @0xb0b);
        assert!(object::owner(pots) == @0xb0b, 0);
        assert!(collection::creator(pots) == @0xc0ffee, 1);

        let jars = object_of(&collection::create_fixed_collection_as_owner(
            creator, text(0), 9, string::utf8(b"Jars"), option::none(), text(0),
        ));
        object::transfer(creator, jars, @0xb0b);
        assert!(object::owner(jars) == @0xb0b, 2);
    }

    #[test(creator = @0xc0ffee)]
    fun texts_can_be_as_long_as_allowed(creator: &signer) {
        collection::create_unlimited_collection(creator, text(2048), text(128), option::none(), text(512));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20003, location = aptos_token_objects::collection)]
    fun a_name_can_be_too_long(creator: &signer) {
        collection::create_unlimited_collection(creator, text(0), text(129), option::none(), text(0));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20004, location = aptos_token_objects::collection)]
    fun a_uri_can_be_too_long(creator: &signer) {
        collection::create_unlimited_collection(creator, text(0), name(), option::none(), text(513));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20005, location = aptos_token_objects::collection)]
    fun a_description_can_be_too_long(creator: &signer) {
        collection::create_unlimited_collection(creator, text(2049), name(), option::none(), text(0));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20003, location = aptos_token_objects::collection)]
    fun a_new_name_can_be_too_long(creator: &signer) {
        collection::set_name(&collection::generate_mutator_ref(&pottery(creator)), text(129));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20004, location = aptos_token_objects::collection)]
    fun a_new_uri_can_be_too_long(creator: &signer) {
        collection::set_uri(&collection::generate_mutator_ref(&pottery(creator)), text(513));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20005, location = aptos_token_objects::collection)]
    fun a_new_description_can_be_too_long(creator: &signer) {
        collection::set_description(&collection::generate_mutator_ref(&pottery(creator)), text(2049));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10006, location = aptos_token_objects::collection)]
    fun a_fixed_collection_needs_room(creator: &signer) {
        collection::create_fixed_collection(creator, text(0), 0, name(), option::none(), text(0));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10008, location = aptos_token_objects::collection)]
    fun supply_is_concurrent_from_the_start(creator: &signer) {
        collection::upgrade_to_concurrent(&object::generate_extend_ref(&pottery(creator)));
    }
}
