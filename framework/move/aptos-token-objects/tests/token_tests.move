#[test_only]
module aptos_token_objects::token_tests {
    use std::option;
    use std::string::{Self, String};
    use std::vector;
    use aptos_framework::object::{Self, ConstructorRef, Object, ObjectCore};
    use aptos_token_objects::collection::{Self, Collection};
    use aptos_token_objects::royalty;
    use aptos_token_objects::token::{Self, Token};

    fun text(length: u64): String {
        let bytes = vector[];
        for (_i in 0..length) vector::push_back(&mut bytes, 0x61);
        string::utf8(bytes)
    }

    fun pottery(): String {
        string::utf8(b"Pottery")
    }

    fun vase_name(): String {
        string::utf8(b"Vase")
    }

    fun collection(creator: &signer): (ConstructorRef, Object<Collection>) {
        let ref = collection::create_fixed_collection_as_owner(
            creator, text(0), 5, pottery(), option::some(royalty::create(1, 20, @0xfee)), text(0),
        );
        let collection = object::object_from_constructor_ref(&ref);
        (ref, collection)
    }

    fun object_of(ref: &ConstructorRef): Object<Token> {
        object::object_from_constructor_ref(ref)
    }

    fun mint(creator: &signer, collection: Object<Collection>): ConstructorRef {
        token::create_token(
            creator, collection, string::utf8(b"Blue"), vase_name(), option::none(), string::utf8(b"ipfs://vase"),
        )
    }

    fun named(creator: &signer): ConstructorRef {
        token::create_named_token(creator, pottery(), text(0), vase_name(), option::none(), text(0))
    }

    #[test(creator = @0xc0ffee)]
    fun it_tells_what_it_was_made_of(creator: &signer) {
        let (_, pots) = collection(creator);
        let vase = object_of(&mint(creator, pots));
        assert!(token::creator(vase) == @0xc0ffee, 0);
        assert!(token::collection_object(vase) == pots, 1);
        assert!(token::collection_name(vase) == pottery(), 2);
        assert!(token::name(vase) == vase_name(), 3);
        assert!(token::description(vase) == string::utf8(b"Blue"), 4);
        assert!(token::uri(vase) == string::utf8(b"ipfs://vase"), 5);
        assert!(token::index(vase) == 1, 6);
        assert!(object::owner(vase) == @0xc0ffee, 7);
        assert!(collection::count(pots) == option::some(1), 8);
    }

    #[test(creator = @0xc0ffee)]
    fun it_can_be_transferred(creator: &signer) {
        let (_, pots) = collection(creator);
        let vase = object_of(&mint(creator, pots));
        object::transfer(creator, vase, @0xb0b);
        assert!(object::owner(vase) == @0xb0b, 0);
        assert!(token::creator(vase) == @0xc0ffee, 1);
    }

    #[test(creator = @0xc0ffee)]
    fun every_way_to_mint_counts(creator: &signer) {
        let (_, pots) = collection(creator);
        let none = text(0);
        let named = object_of(&named(creator));
        let created = object_of(&token::create(creator, pottery(), none, vase_name(), option::none(), none));
        let seeded = object_of(&token::create_named_token_from_seed(
            creator, pots, none, vase_name(), string::utf8(b"#2"), option::none(), none,
        ));
        let jar = object_of(&token::create_named_token_object(
            creator, pots, none, string::utf8(b"Jar"), option::none(), none,
        ));
        let old = object_of(&token::create_from_account(creator, pottery(), none, vase_name(), option::none(), none));
        assert!(token::index(named) == 1, 0);
        assert!(token::index(created) == 2, 1);
        assert!(token::index(seeded) == 3, 2);
        assert!(token::index(jar) == 4, 3);
        assert!(token::index(old) == 5, 4);
        assert!(collection::count(pots) == option::some(5), 5);
    }

    #[test(creator = @0xc0ffee)]
    fun a_named_token_is_where_its_names_say(creator: &signer) {
        let (_, pots) = collection(creator);
        let named = object_of(&named(creator));
        let at = token::create_token_address(&@0xc0ffee, &pottery(), &vase_name());
        assert!(object::object_address(&named) == at, 0);
        assert!(at == object::create_object_address(&@0xc0ffee, b"Pottery::Vase"), 1);

        let seed = string::utf8(b"#2");
        let seeded = object_of(&token::create_named_token_from_seed(
            creator, pots, text(0), vase_name(), seed, option::none(), text(0),
        ));
        let at = token::create_token_address_with_seed(@0xc0ffee, pottery(), vase_name(), seed);
        assert!(object::object_address(&seeded) == at, 2);
        assert!(at == object::create_object_address(&@0xc0ffee, b"Pottery::Vase#2"), 3);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x80001, location = aptos_framework::object)]
    fun a_named_token_is_unique(creator: &signer) {
        collection(creator);
        named(creator);
        named(creator);
    }

    #[test(creator = @0xc0ffee)]
    fun a_numbered_token_has_its_index_in_its_name(creator: &signer) {
        let (_, pots) = collection(creator);
        mint(creator, pots);
        let second = object_of(&token::create_numbered_token_object(
            creator, pots, text(0), string::utf8(b"Vase #"), string::utf8(b" of 5"), option::none(), text(0),
        ));
        let third = object_of(&token::create_numbered_token(
            creator, pottery(), text(0), string::utf8(b"Vase #"), text(0), option::none(), text(0),
        ));
        assert!(token::name(second) == string::utf8(b"Vase #2 of 5"), 0);
        assert!(token::name(third) == string::utf8(b"Vase #3"), 1);
    }

    #[test(creator = @0xc0ffee)]
    fun a_renamed_collection_mints_by_object(creator: &signer) {
        let (ref, pots) = collection(creator);
        collection::set_name(&collection::generate_mutator_ref(&ref), string::utf8(b"Ceramics"));
        let vase = object_of(&mint(creator, pots));
        assert!(token::collection_name(vase) == string::utf8(b"Ceramics"), 0);
        assert!(token::royalty(vase) == option::some(royalty::create(1, 20, @0xfee)), 1);
    }

    #[test(creator = @0xc0ffee)]
    fun its_own_royalty_goes_before_that_of_the_collection(creator: &signer) {
        let (_, pots) = collection(creator);
        let usual = object_of(&mint(creator, pots));
        assert!(token::royalty(usual) == option::some(royalty::create(1, 20, @0xfee)), 0);
        let own = royalty::create(1, 5, @0xb0b);
        let special = object_of(&token::create_token(creator, pots, text(0), vase_name(), option::some(own), text(0)));
        assert!(token::royalty(special) == option::some(own), 1);
    }

    #[test(creator = @0xc0ffee)]
    fun all_texts_can_change(creator: &signer) {
        let (_, pots) = collection(creator);
        let ref = mint(creator, pots);
        let mutator = token::generate_mutator_ref(&ref);
        token::set_name(&mutator, string::utf8(b"Urn"));
        token::set_description(&mutator, string::utf8(b"Black"));
        token::set_uri(&mutator, string::utf8(b"ipfs://urn"));
        let urn = object_of(&ref);
        assert!(token::name(urn) == string::utf8(b"Urn"), 0);
        assert!(token::description(urn) == string::utf8(b"Black"), 1);
        assert!(token::uri(urn) == string::utf8(b"ipfs://urn"), 2);
    }

    #[test(creator = @0xc0ffee)]
    fun a_burned_token_is_deleted_with_its_object(creator: &signer) {
        let (_, pots) = collection(creator);
        let ref = token::create_token(
            creator, pots, text(0), vase_name(), option::some(royalty::create(1, 5, @0xb0b)), text(0),
        );
        let burn_ref = token::generate_burn_ref(&ref);
        let at = token::address_from_burn_ref(&burn_ref);
        assert!(at == object::object_address(&object_of(&ref)), 0);
        token::burn(burn_ref);
        assert!(!object::is_object(at), 1);
        assert!(!royalty::exists_at(at), 2);
        assert!(collection::count(pots) == option::some(0), 3);
    }

    #[test(creator = @0xc0ffee)]
    fun a_burned_named_token_leaves_its_object(creator: &signer) {
        let (_, pots) = collection(creator);
        let burn_ref = token::generate_burn_ref(&named(creator));
        let at = token::create_token_address(&@0xc0ffee, &pottery(), &vase_name());
        assert!(token::address_from_burn_ref(&burn_ref) == at, 0);
        token::burn(burn_ref);
        assert!(object::is_object(at), 1);
        assert!(!object::object_exists<Token>(at), 2);
        assert!(collection::count(pots) == option::some(0), 3);
    }

    #[test(creator = @0xc0ffee)]
    fun a_burned_token_makes_room(creator: &signer) {
        let (ref, pots) = collection(creator);
        collection::set_max_supply(&collection::generate_mutator_ref(&ref), 1);
        token::burn(token::generate_burn_ref(&mint(creator, pots)));
        assert!(token::index(object_of(&mint(creator, pots))) == 2, 0);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20002, location = aptos_token_objects::collection)]
    fun a_full_collection_takes_no_token(creator: &signer) {
        let (ref, pots) = collection(creator);
        collection::set_max_supply(&collection::generate_mutator_ref(&ref), 1);
        mint(creator, pots);
        mint(creator, pots);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x60002, location = aptos_framework::object)]
    fun a_burned_token_cannot_be_burned_again(creator: &signer) {
        let (_, pots) = collection(creator);
        let ref = mint(creator, pots);
        let again = token::generate_burn_ref(&ref);
        token::burn(token::generate_burn_ref(&ref));
        token::burn(again);
    }

    #[test(creator = @0xc0ffee, other = @0xb0b)]
    #[expected_failure(abort_code = 0x40002, location = aptos_token_objects::token)]
    fun only_the_creator_mints(creator: &signer, other: &signer) {
        let (_, pots) = collection(creator);
        mint(other, pots);
    }

    #[test(creator = @0xc0ffee, other = @0xb0b)]
    #[expected_failure(abort_code = 0x60002, location = aptos_framework::object)]
    fun a_name_is_looked_up_among_the_signers_collections(creator: &signer, other: &signer) {
        collection(creator);
        named(other);
    }

    #[test(creator = @0xc0ffee, owner = @0xb0b)]
    fun the_owner_of_the_collection_mints_in_every_way(creator: &signer, owner: &signer) {
        let (_, pots) = collection(creator);
        object::transfer(creator, pots, @0xb0b);
        let none = text(0);
        let plain = token::create_token_as_collection_owner(owner, pots, none, vase_name(), option::none(), none);
        let numbered = token::create_numbered_token_as_collection_owner(
            owner, pots, none, string::utf8(b"#"), none, option::none(), none,
        );
        let named = token::create_named_token_as_collection_owner(owner, pots, none, vase_name(), option::none(), none);
        let seeded = token::create_named_token_from_seed_as_collection_owner(
            owner, pots, none, vase_name(), string::utf8(b"#"), option::none(), none,
        );
        assert!(object::owner(object_of(&plain)) == @0xb0b, 0);
        assert!(token::name(object_of(&numbered)) == string::utf8(b"#2"), 1);
        let at = token::create_token_address(&@0xb0b, &pottery(), &vase_name());
        assert!(object::object_address(&object_of(&named)) == at, 2);
        assert!(token::index(object_of(&seeded)) == 4, 3);
        assert!(token::creator(object_of(&seeded)) == @0xc0ffee, 4);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x40008, location = aptos_token_objects::token)]
    fun who_sold_the_collection_is_no_owner(creator: &signer) {
        let (_, pots) = collection(creator);
        object::transfer(creator, pots, @0xb0b);
        token::create_token_as_collection_owner(creator, pots, text(0), vase_name(), option::none(), text(0));
    }

    #[test(creator = @0xc0ffee)]
    fun texts_can_be_as_long_as_allowed(creator: &signer) {
        let (_, pots) = collection(creator);
        token::create_token(creator, pots, text(2048), text(128), option::none(), text(512));
        token::create_numbered_token_object(creator, pots, text(0), text(100), text(8), option::none(), text(0));
        token::create_named_token_from_seed(creator, pots, text(0), text(128), text(128), option::none(), text(0));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20004, location = aptos_token_objects::token)]
    fun a_name_can_be_too_long(creator: &signer) {
        let (_, pots) = collection(creator);
        token::create_token(creator, pots, text(0), text(129), option::none(), text(0));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20004, location = aptos_token_objects::token)]
    fun a_name_can_be_too_long_with_its_index(creator: &signer) {
        let (_, pots) = collection(creator);
        token::create_numbered_token_object(creator, pots, text(0), text(100), text(9), option::none(), text(0));
    }

    #[test]
    #[expected_failure(abort_code = 0x20004, location = aptos_token_objects::token)]
    fun no_address_follows_from_too_long_a_name() {
        token::create_token_address(&@0xc0ffee, &pottery(), &text(129));
    }

    #[test]
    #[expected_failure(abort_code = 0x20007, location = aptos_token_objects::token)]
    fun a_seed_can_be_too_long() {
        token::create_token_address_with_seed(@0xc0ffee, pottery(), vase_name(), text(129));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20005, location = aptos_token_objects::token)]
    fun a_uri_can_be_too_long(creator: &signer) {
        let (_, pots) = collection(creator);
        token::create_token(creator, pots, text(0), vase_name(), option::none(), text(513));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20006, location = aptos_token_objects::token)]
    fun a_description_can_be_too_long(creator: &signer) {
        let (_, pots) = collection(creator);
        token::create_token(creator, pots, text(2049), vase_name(), option::none(), text(0));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20004, location = aptos_token_objects::token)]
    fun a_new_name_can_be_too_long(creator: &signer) {
        let (_, pots) = collection(creator);
        token::set_name(&token::generate_mutator_ref(&mint(creator, pots)), text(129));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20005, location = aptos_token_objects::token)]
    fun a_new_uri_can_be_too_long(creator: &signer) {
        let (_, pots) = collection(creator);
        token::set_uri(&token::generate_mutator_ref(&mint(creator, pots)), text(513));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20006, location = aptos_token_objects::token)]
    fun a_new_description_can_be_too_long(creator: &signer) {
        let (_, pots) = collection(creator);
        token::set_description(&token::generate_mutator_ref(&mint(creator, pots)), text(2049));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x60001, location = aptos_token_objects::token)]
    fun another_object_is_no_token(creator: &signer) {
        let (ref, _) = collection(creator);
        token::name(object::object_from_constructor_ref<ObjectCore>(&ref));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x60001, location = aptos_token_objects::token)]
    fun a_burned_token_cannot_change(creator: &signer) {
        let (_, pots) = collection(creator);
        let ref = mint(creator, pots);
        let mutator = token::generate_mutator_ref(&ref);
        token::burn(token::generate_burn_ref(&ref));
        token::set_uri(&mutator, text(0));
    }
}
