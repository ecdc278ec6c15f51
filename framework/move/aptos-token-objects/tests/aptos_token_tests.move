#[test_only]
module aptos_token_objects::aptos_token_tests {
    use std::option;
    use std::string::{Self, String};
    use aptos_framework::object::{Self, Object};
    use aptos_token_objects::aptos_token::{Self, AptosCollection, AptosToken};
    use aptos_token_objects::collection;
    use aptos_token_objects::property_map;
    use aptos_token_objects::royalty;
    use aptos_token_objects::token;

    fun s(bytes: vector<u8>): String {
        string::utf8(bytes)
    }

    /// A collection in which the creator may do everything, or nothing.
    fun collection(creator: &signer, free: bool): Object<AptosCollection> {
        aptos_token::create_collection_object(
            creator, s(b"Made by hand"), 2, s(b"Pottery"), s(b"ipfs://pots"),
            free, free, free, free, free, free, free, free, free, 1, 20,
        )
    }

    fun mint(creator: &signer): Object<AptosToken> {
        aptos_token::mint_token_object(
            creator, s(b"Pottery"), s(b"Blue"), s(b"Vase"), s(b"ipfs://vase"),
            vector[s(b"height")], vector[s(b"u8")], vector[x"1e"],
        )
    }

    fun vase(creator: &signer, free: bool): Object<AptosToken> {
        collection(creator, free);
        mint(creator)
    }

    fun soul_bound(creator: &signer, to: address): Object<AptosToken> {
        aptos_token::mint_soul_bound_token_object(
            creator, s(b"Pottery"), s(b""), s(b"Vase"), s(b""), vector[], vector[], vector[], to,
        )
    }

    #[test(creator = @0xc0ffee)]
    fun a_collection_is_made_by_one_transaction(creator: &signer) {
        aptos_token::create_collection(
            creator, s(b"Made by hand"), 2, s(b"Pottery"), s(b"ipfs://pots"),
            true, false, true, false, true, false, true, false, true, 1, 20,
        );
        let at = collection::create_collection_address(&@0xc0ffee, &s(b"Pottery"));
        let pots = object::address_to_object<AptosCollection>(at);
        assert!(collection::description(pots) == s(b"Made by hand"), 0);
        assert!(collection::uri(pots) == s(b"ipfs://pots"), 1);
        assert!(royalty::get(pots) == option::some(royalty::create(1, 20, @0xc0ffee)), 2);
        assert!(aptos_token::is_mutable_collection_description(pots), 3);
        assert!(!aptos_token::is_mutable_collection_royalty(pots), 4);
        assert!(aptos_token::is_mutable_collection_uri(pots), 5);
        assert!(!aptos_token::is_mutable_collection_token_description(pots), 6);
        assert!(aptos_token::is_mutable_collection_token_name(pots), 7);
        assert!(!aptos_token::is_mutable_collection_token_properties(pots), 8);
        assert!(aptos_token::is_mutable_collection_token_uri(pots), 9);
        assert!(!aptos_token::are_collection_tokens_burnable(pots), 10);
        assert!(aptos_token::are_collection_tokens_freezable(pots), 11);
    }

    #[test(creator = @0xc0ffee)]
    fun a_token_is_its_creators_to_transfer(creator: &signer) {
        let vase = vase(creator, true);
        assert!(token::name(vase) == s(b"Vase"), 0);
        assert!(token::description(vase) == s(b"Blue"), 1);
        assert!(token::uri(vase) == s(b"ipfs://vase"), 2);
        assert!(property_map::read_u8(&vase, &s(b"height")) == 30, 3);
        assert!(object::owner(vase) == @0xc0ffee, 4);
        object::transfer(creator, vase, @0xb0b);
        assert!(object::owner(vase) == @0xb0b, 5);
    }

    #[test(creator = @0xc0ffee)]
    fun a_token_allows_what_its_collection_allows(creator: &signer) {
        let vase = vase(creator, true);
        assert!(aptos_token::are_properties_mutable(vase), 0);
        assert!(aptos_token::is_burnable(vase), 1);
        assert!(aptos_token::is_freezable_by_creator(vase), 2);
        assert!(aptos_token::is_mutable_description(vase), 3);
        assert!(aptos_token::is_mutable_name(vase), 4);
        assert!(aptos_token::is_mutable_uri(vase), 5);
    }

    #[test(creator = @0xc0ffee)]
    fun a_token_allows_nothing_that_its_collection_forbids(creator: &signer) {
        let vase = vase(creator, false);
        assert!(!aptos_token::are_properties_mutable(vase), 0);
        assert!(!aptos_token::is_burnable(vase), 1);
        assert!(!aptos_token::is_freezable_by_creator(vase), 2);
        assert!(!aptos_token::is_mutable_description(vase), 3);
        assert!(!aptos_token::is_mutable_name(vase), 4);
        assert!(!aptos_token::is_mutable_uri(vase), 5);
    }

    #[test(creator = @0xc0ffee)]
    fun the_entry_functions_mint_too(creator: &signer) {
        let pots = collection(creator, true);
        aptos_token::mint(creator, s(b"Pottery"), s(b""), s(b"Vase"), s(b""), vector[], vector[], vector[]);
        aptos_token::mint_soul_bound(
            creator, s(b"Pottery"), s(b""), s(b"Jar"), s(b""), vector[], vector[], vector[], @0xb0b,
        );
        assert!(collection::count(pots) == option::some(2), 0);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20002, location = aptos_token_objects::collection)]
    fun the_supply_is_bounded(creator: &signer) {
        vase(creator, true);
        mint(creator);
        mint(creator);
    }

    #[test(creator = @0xc0ffee, soul = @0xb0b)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::object)]
    fun a_soul_keeps_its_token(creator: &signer, soul: &signer) {
        collection(creator, true);
        let vase = soul_bound(creator, @0xb0b);
        assert!(object::owner(vase) == @0xb0b, 0);
        object::transfer(soul, vase, @0xc0ffee);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x50004, location = aptos_token_objects::aptos_token)]
    fun the_creator_cannot_unbind_a_soul(creator: &signer) {
        collection(creator, true);
        aptos_token::unfreeze_transfer(creator, soul_bound(creator, @0xb0b));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::object)]
    fun a_frozen_token_stays(creator: &signer) {
        let vase = vase(creator, true);
        aptos_token::freeze_transfer(creator, vase);
        object::transfer(creator, vase, @0xb0b);
    }

    #[test(creator = @0xc0ffee)]
    fun a_thawed_token_moves(creator: &signer) {
        let vase = vase(creator, true);
        aptos_token::freeze_transfer(creator, vase);
        aptos_token::unfreeze_transfer(creator, vase);
        object::transfer(creator, vase, @0xb0b);
        assert!(object::owner(vase) == @0xb0b, 0);
    }

    #[test(creator = @0xc0ffee, other = @0xb0b)]
    #[expected_failure(abort_code = 0x50003, location = aptos_token_objects::aptos_token)]
    fun even_the_owner_cannot_freeze(creator: &signer, other: &signer) {
        let vase = vase(creator, true);
        object::transfer(creator, vase, @0xb0b);
        aptos_token::freeze_transfer(other, vase);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x50004, location = aptos_token_objects::aptos_token)]
    fun freezing_must_be_allowed(creator: &signer) {
        aptos_token::freeze_transfer(creator, vase(creator, false));
    }

    #[test(creator = @0xc0ffee)]
    fun the_creator_burns_whoever_owns(creator: &signer) {
        let pots = collection(creator, true);
        let vase = mint(creator);
        object::transfer(creator, vase, @0xb0b);
        aptos_token::burn(creator, vase);
        assert!(!object::is_object(object::object_address(&vase)), 0);
        assert!(collection::count(pots) == option::some(0), 1);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x50005, location = aptos_token_objects::aptos_token)]
    fun burning_must_be_allowed(creator: &signer) {
        aptos_token::burn(creator, vase(creator, false));
    }

    #[test(creator = @0xc0ffee, other = @0xb0b)]
    #[expected_failure(abort_code = 0x50003, location = aptos_token_objects::aptos_token)]
    fun even_the_owner_cannot_burn(creator: &signer, other: &signer) {
        let vase = vase(creator, true);
        object::transfer(creator, vase, @0xb0b);
        aptos_token::burn(other, vase);
    }

    #[test(creator = @0xc0ffee)]
    fun the_creator_changes_texts(creator: &signer) {
        let vase = vase(creator, true);
        aptos_token::set_name(creator, vase, s(b"Urn"));
        aptos_token::set_description(creator, vase, s(b"Black"));
        aptos_token::set_uri(creator, vase, s(b"ipfs://urn"));
        assert!(token::name(vase) == s(b"Urn"), 0);
        assert!(token::description(vase) == s(b"Black"), 1);
        assert!(token::uri(vase) == s(b"ipfs://urn"), 2);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x50004, location = aptos_token_objects::aptos_token)]
    fun a_name_may_be_fixed(creator: &signer) {
        aptos_token::set_name(creator, vase(creator, false), s(b"Urn"));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x50004, location = aptos_token_objects::aptos_token)]
    fun a_description_may_be_fixed(creator: &signer) {
        aptos_token::set_description(creator, vase(creator, false), s(b"Black"));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x50004, location = aptos_token_objects::aptos_token)]
    fun a_uri_may_be_fixed(creator: &signer) {
        aptos_token::set_uri(creator, vase(creator, false), s(b"ipfs://urn"));
    }

    #[test(creator = @0xc0ffee, other = @0xb0b)]
    #[expected_failure(abort_code = 0x50003, location = aptos_token_objects::aptos_token)]
    fun nobody_else_changes_texts(creator: &signer, other: &signer) {
        aptos_token::set_name(other, vase(creator, true), s(b"Urn"));
    }

    #[test(creator = @0xc0ffee)]
    fun the_creator_changes_properties(creator: &signer) {
        let vase = vase(creator, true);
        aptos_token::add_property(creator, vase, s(b"glazed"), s(b"bool"), x"01");
        aptos_token::add_typed_property(creator, vase, s(b"weight"), 900u16);
        assert!(property_map::read_bool(&vase, &s(b"glazed")), 0);
        assert!(property_map::read_u16(&vase, &s(b"weight")) == 900, 1);
        aptos_token::update_property(creator, vase, s(b"glazed"), s(b"bool"), x"00");
        aptos_token::update_typed_property(creator, vase, s(b"weight"), 901u16);
        assert!(!property_map::read_bool(&vase, &s(b"glazed")), 2);
        assert!(property_map::read_u16(&vase, &s(b"weight")) == 901, 3);
        aptos_token::remove_property(creator, vase, s(b"glazed"));
        assert!(!property_map::contains_key(&vase, &s(b"glazed")), 4);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x50006, location = aptos_token_objects::aptos_token)]
    fun properties_may_be_fixed(creator: &signer) {
        aptos_token::add_typed_property(creator, vase(creator, false), s(b"weight"), 900u16);
    }

    #[test(creator = @0xc0ffee, other = @0xb0b)]
    #[expected_failure(abort_code = 0x50003, location = aptos_token_objects::aptos_token)]
    fun nobody_else_changes_properties(creator: &signer, other: &signer) {
        aptos_token::remove_property(other, vase(creator, true), s(b"height"));
    }

    #[test(creator = @0xc0ffee)]
    fun the_creator_changes_the_collection(creator: &signer) {
        let pots = collection(creator, true);
        aptos_token::set_collection_description(creator, pots, s(b"Made by machine"));
        aptos_token::set_collection_uri(creator, pots, s(b"ipfs://machines"));
        aptos_token::set_collection_royalties(creator, pots, royalty::create(1, 10, @0xfee));
        assert!(collection::description(pots) == s(b"Made by machine"), 0);
        assert!(collection::uri(pots) == s(b"ipfs://machines"), 1);
        assert!(token::royalty(mint(creator)) == option::some(royalty::create(1, 10, @0xfee)), 2);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x50004, location = aptos_token_objects::aptos_token)]
    fun the_collections_description_may_be_fixed(creator: &signer) {
        aptos_token::set_collection_description(creator, collection(creator, false), s(b""));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x50004, location = aptos_token_objects::aptos_token)]
    fun the_collections_uri_may_be_fixed(creator: &signer) {
        aptos_token::set_collection_uri(creator, collection(creator, false), s(b""));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x50004, location = aptos_token_objects::aptos_token)]
    fun the_royalty_may_be_fixed(creator: &signer) {
        let pots = collection(creator, false);
        aptos_token::set_collection_royalties(creator, pots, royalty::create(1, 10, @0xfee));
    }

    #[test(creator = @0xc0ffee, other = @0xb0b)]
    #[expected_failure(abort_code = 0x50003, location = aptos_token_objects::aptos_token)]
    fun nobody_else_changes_the_collection(creator: &signer, other: &signer) {
        aptos_token::set_collection_uri(other, collection(creator, true), s(b""));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x60002, location = aptos_token_objects::aptos_token)]
    fun a_collection_is_no_token(creator: &signer) {
        aptos_token::is_burnable(collection(creator, true));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x60001, location = aptos_token_objects::aptos_token)]
    fun a_token_is_no_collection(creator: &signer) {
        aptos_token::are_collection_tokens_burnable(vase(creator, true));
    }
}
