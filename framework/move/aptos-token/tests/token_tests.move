#[test_only]
module aptos_token::token_tests {
    use std::bcs;
    use std::option;
    use std::signer;
    use std::string::{Self, String};
    use std::vector;
    use aptos_framework::account;
    use aptos_framework::timestamp;
    use aptos_token::property_map;
    use aptos_token::token::{Self, TokenDataId, TokenId};

    fun s(bytes: vector<u8>): String {
        string::utf8(bytes)
    }

    fun text(length: u64): String {
        let bytes = vector[];
        for (_i in 0..length) vector::push_back(&mut bytes, 0x61);
        string::utf8(bytes)
    }

    /// A collection of at most two kinds.
    fun make_collection(creator: &signer, free: bool) {
        account::create_account_for_test(signer::address_of(creator));
        token::create_collection(
            creator, s(b"Pottery"), s(b"Made by hand"), s(b"ipfs://pots"), 2, vector[free, free, free],
        );
    }

    /// A kind of at most ten tokens with a weight of 900 and two flags.
    fun make_kind(creator: &signer, name: vector<u8>, free: bool, burnable: bool): TokenDataId {
        token::create_tokendata(
            creator,
            s(b"Pottery"),
            s(name),
            s(b"Blue"),
            10,
            s(b"ipfs://vase"),
            @0xfee,
            20,
            1,
            token::create_token_mutability_config(&vector[free, free, free, free, free]),
            vector[s(b"weight"), s(b"TOKEN_BURNABLE_BY_CREATOR"), s(b"TOKEN_BURNABLE_BY_OWNER")],
            vector[bcs::to_bytes(&900u64), bcs::to_bytes(&burnable), bcs::to_bytes(&burnable)],
            vector[s(b"u64"), s(b"bool"), s(b"bool")],
        )
    }

    fun kind(creator: &signer, free: bool): TokenDataId {
        make_collection(creator, free);
        make_kind(creator, b"Vase", free, free)
    }

    fun vases(creator: &signer, amount: u64): TokenId {
        let kind = kind(creator, true);
        token::mint_token(creator, kind, amount)
    }

    fun ready(account: &signer) {
        account::create_account_for_test(signer::address_of(account));
        token::opt_in_direct_transfer(account, true);
    }

    // Making.

    #[test(creator = @0xc0ffee)]
    fun a_collection_tells_what_it_was_made_of(creator: &signer) {
        account::create_account_for_test(@0xc0ffee);
        token::create_collection_script(
            creator, s(b"Pottery"), s(b"Made by hand"), s(b"ipfs://pots"), 2, vector[true, false, true],
        );
        assert!(token::check_collection_exists(@0xc0ffee, s(b"Pottery")), 0);
        assert!(!token::check_collection_exists(@0xc0ffee, s(b"Jars")), 1);
        assert!(token::get_collection_description(@0xc0ffee, s(b"Pottery")) == s(b"Made by hand"), 2);
        assert!(token::get_collection_uri(@0xc0ffee, s(b"Pottery")) == s(b"ipfs://pots"), 3);
        assert!(token::get_collection_maximum(@0xc0ffee, s(b"Pottery")) == 2, 4);
        assert!(token::get_collection_supply(@0xc0ffee, s(b"Pottery")) == option::some(0), 5);
        let config = token::get_collection_mutability_config(@0xc0ffee, s(b"Pottery"));
        assert!(token::get_collection_mutability_description(&config), 6);
        assert!(!token::get_collection_mutability_uri(&config), 7);
        assert!(token::get_collection_mutability_maximum(&config), 8);
    }

    #[test(creator = @0xc0ffee)]
    fun a_kind_tells_what_it_was_made_of(creator: &signer) {
        make_collection(creator, true);
        let kind = token::create_tokendata(
            creator, s(b"Pottery"), s(b"Vase"), s(b"Blue"), 10, s(b"ipfs://vase"), @0xfee, 20, 1,
            token::create_token_mutability_config(&vector[true, false, true, false, true]),
            vector[], vector[], vector[],
        );
        assert!(token::check_tokendata_exists(@0xc0ffee, s(b"Pottery"), s(b"Vase")), 0);
        assert!(!token::check_tokendata_exists(@0xc0ffee, s(b"Pottery"), s(b"Jar")), 1);
        assert!(token::get_tokendata_description(kind) == s(b"Blue"), 2);
        assert!(token::get_tokendata_uri(@0xc0ffee, kind) == s(b"ipfs://vase"), 3);
        assert!(token::get_tokendata_maximum(kind) == 10, 4);
        assert!(token::get_token_supply(@0xc0ffee, kind) == option::some(0), 5);
        assert!(token::get_tokendata_largest_property_version(@0xc0ffee, kind) == 0, 6);
        let royalty = token::get_royalty(token::create_token_id(kind, 0));
        assert!(token::get_royalty_numerator(&royalty) == 1, 7);
        assert!(token::get_royalty_denominator(&royalty) == 20, 8);
        assert!(token::get_royalty_payee(&royalty) == @0xfee, 9);
        let config = token::get_tokendata_mutability_config(kind);
        assert!(token::get_token_mutability_maximum(&config), 10);
        assert!(!token::get_token_mutability_uri(&config), 11);
        assert!(token::get_token_mutability_royalty(&config), 12);
        assert!(!token::get_token_mutability_description(&config), 13);
        assert!(token::get_token_mutability_default_properties(&config), 14);
        assert!(token::get_collection_supply(@0xc0ffee, s(b"Pottery")) == option::some(1), 15);
    }

    #[test(creator = @0xc0ffee)]
    fun an_unbounded_supply_is_not_counted(creator: &signer) {
        account::create_account_for_test(@0xc0ffee);
        let id = token::create_collection_and_token(
            creator, 5, 0, 0, vector[], vector[], vector[], vector[true, true, true],
            vector[true, true, true, true, true],
        );
        let kind = token::get_tokendata_id(id);
        assert!(option::is_none(&token::get_collection_supply(@0xc0ffee, token::get_collection_name())), 0);
        assert!(option::is_none(&token::get_token_supply(@0xc0ffee, kind)), 1);
        assert!(token::balance_of(@0xc0ffee, id) == 5, 2);
    }

    #[test]
    fun ids_can_be_taken_apart() {
        let id = token::create_token_id_raw(@0xc0ffee, s(b"Pottery"), s(b"Vase"), 3);
        let (creator, collection, name, version) = token::get_token_id_fields(&id);
        assert!(creator == @0xc0ffee && collection == s(b"Pottery") && name == s(b"Vase") && version == 3, 0);
        let (creator, collection, name) = token::get_token_data_id_fields(&token::get_tokendata_id(id));
        assert!(creator == @0xc0ffee && collection == s(b"Pottery") && name == s(b"Vase"), 1);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x80003, location = aptos_token::token)]
    fun a_collection_is_made_once(creator: &signer) {
        make_collection(creator, true);
        make_collection(creator, true);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10019, location = aptos_token::token)]
    fun the_name_of_a_collection_can_be_too_long(creator: &signer) {
        token::create_collection(creator, text(129), s(b""), s(b""), 0, vector[true, true, true]);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x1001b, location = aptos_token::token)]
    fun the_uri_of_a_collection_can_be_too_long(creator: &signer) {
        token::create_collection(creator, s(b"Pottery"), s(b""), text(513), 0, vector[true, true, true]);
    }

    #[test]
    #[expected_failure(abort_code = 0x1001a, location = aptos_token::token)]
    fun the_name_of_a_token_can_be_too_long() {
        token::create_token_data_id(@0xc0ffee, s(b"Pottery"), text(129));
    }

    #[test]
    #[expected_failure(abort_code = 0x10022, location = aptos_token::token)]
    fun a_royalty_cannot_exceed_the_price() {
        token::create_royalty(21, 20, @0xfee);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x60001, location = aptos_token::token)]
    fun a_kind_needs_an_account_with_collections(creator: &signer) {
        make_kind(creator, b"Vase", true, true);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x60002, location = aptos_token::token)]
    fun a_kind_needs_its_collection(creator: &signer) {
        account::create_account_for_test(@0xc0ffee);
        token::create_collection(creator, s(b"Jars"), s(b""), s(b""), 0, vector[true, true, true]);
        make_kind(creator, b"Vase", true, true);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x80009, location = aptos_token::token)]
    fun a_kind_is_made_once(creator: &signer) {
        kind(creator, true);
        make_kind(creator, b"Vase", true, true);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10004, location = aptos_token::token)]
    fun a_collection_can_be_full(creator: &signer) {
        kind(creator, true);
        make_kind(creator, b"Jar", true, true);
        make_kind(creator, b"Bowl", true, true);
    }

    // Minting.

    #[test(creator = @0xc0ffee)]
    fun more_can_be_minted(creator: &signer) {
        let id = vases(creator, 3);
        token::mint_script(creator, @0xc0ffee, s(b"Pottery"), s(b"Vase"), 7);
        assert!(token::balance_of(@0xc0ffee, id) == 10, 0);
        assert!(token::get_token_supply(@0xc0ffee, token::get_tokendata_id(id)) == option::some(10), 1);
    }

    #[test(creator = @0xc0ffee, buyer = @0xb0b)]
    fun a_willing_receiver_is_minted_to(creator: &signer, buyer: &signer) {
        let kind = kind(creator, true);
        ready(buyer);
        token::mint_token_to(creator, @0xb0b, kind, 4);
        assert!(token::balance_of(@0xb0b, token::create_token_id(kind, 0)) == 4, 0);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10007, location = aptos_token::token)]
    fun a_kind_has_its_maximum(creator: &signer) {
        vases(creator, 11);
    }

    #[test(creator = @0xc0ffee, other = @0xb0b)]
    #[expected_failure(abort_code = 0x50013, location = aptos_token::token)]
    fun only_the_creator_mints(creator: &signer, other: &signer) {
        token::mint_token(other, kind(creator, true), 1);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x6000a, location = aptos_token::token)]
    fun only_what_is_described_can_be_minted(creator: &signer) {
        make_collection(creator, true);
        token::mint_script(creator, @0xc0ffee, s(b"Pottery"), s(b"Vase"), 1);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10021, location = aptos_token::token)]
    fun zero_tokens_cannot_be_minted(creator: &signer) {
        vases(creator, 0);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x6000b, location = aptos_token::token)]
    fun a_receiver_needs_a_store(creator: &signer) {
        token::mint_token_to(creator, @0xb0b, kind(creator, true), 1);
    }

    #[test(creator = @0xc0ffee, buyer = @0xb0b)]
    #[expected_failure(abort_code = 0x50010, location = aptos_token::token)]
    fun an_unwilling_receiver_is_not_minted_to(creator: &signer, buyer: &signer) {
        let kind = kind(creator, true);
        ready(buyer);
        token::opt_in_direct_transfer(buyer, false);
        token::mint_token_to(creator, @0xb0b, kind, 1);
    }

    // Transfers.

    #[test(creator = @0xc0ffee, buyer = @0xb0b)]
    fun tokens_move_between_two_signers(creator: &signer, buyer: &signer) {
        let id = vases(creator, 3);
        account::create_account_for_test(@0xb0b);
        assert!(!token::has_token_store(@0xb0b), 0);
        token::direct_transfer_script(creator, buyer, @0xc0ffee, s(b"Pottery"), s(b"Vase"), 0, 1);
        token::direct_transfer(creator, buyer, id, 2);
        assert!(token::balance_of(@0xc0ffee, id) == 0, 1);
        assert!(token::balance_of(@0xb0b, id) == 3, 2);
        assert!(!token::get_direct_transfer(@0xb0b), 3);
    }

    #[test(creator = @0xc0ffee, buyer = @0xb0b)]
    fun tokens_move_to_a_willing_receiver(creator: &signer, buyer: &signer) {
        let id = vases(creator, 3);
        ready(buyer);
        assert!(token::get_direct_transfer(@0xb0b), 0);
        token::transfer_with_opt_in(creator, @0xc0ffee, s(b"Pottery"), s(b"Vase"), 0, @0xb0b, 1);
        token::transfer(creator, id, @0xb0b, 1);
        token::direct_deposit_with_opt_in(@0xb0b, token::withdraw_token(creator, id, 1));
        assert!(token::balance_of(@0xb0b, id) == 3, 1);
    }

    #[test(creator = @0xc0ffee)]
    fun a_token_can_be_split_and_merged(creator: &signer) {
        let id = vases(creator, 5);
        let token = token::withdraw_token(creator, id, 4);
        let part = token::split(&mut token, 3);
        assert!(token::get_token_amount(&token) == 1, 0);
        assert!(token::get_token_amount(&part) == 3, 1);
        assert!(token::get_token_id(&part) == id && *token::token_id(&token) == id, 2);
        token::merge(&mut token, part);
        token::deposit_token(creator, token);
        assert!(token::balance_of(@0xc0ffee, id) == 5, 3);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x50010, location = aptos_token::token)]
    fun an_account_without_store_takes_no_transfer(creator: &signer) {
        token::transfer(creator, vases(creator, 1), @0xb0b, 1);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10005, location = aptos_token::token)]
    fun a_balance_is_all_there_is(creator: &signer) {
        let id = vases(creator, 3);
        token::deposit_token(creator, token::withdraw_token(creator, id, 4));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10011, location = aptos_token::token)]
    fun zero_tokens_cannot_be_withdrawn(creator: &signer) {
        let id = vases(creator, 3);
        token::deposit_token(creator, token::withdraw_token(creator, id, 0));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x1000c, location = aptos_token::token)]
    fun a_split_leaves_something(creator: &signer) {
        let token = token::withdraw_token(creator, vases(creator, 3), 3);
        let part = token::split(&mut token, 3);
        token::merge(&mut token, part);
        token::deposit_token(creator, token);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10021, location = aptos_token::token)]
    fun a_split_takes_something(creator: &signer) {
        let token = token::withdraw_token(creator, vases(creator, 3), 3);
        let part = token::split(&mut token, 0);
        token::merge(&mut token, part);
        token::deposit_token(creator, token);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x30012, location = aptos_token::token)]
    fun a_unique_token_cannot_be_split(creator: &signer) {
        let id = token::mutate_one_token(creator, @0xc0ffee, vases(creator, 1), vector[], vector[], vector[]);
        let token = token::withdraw_token(creator, id, 1);
        let part = token::split(&mut token, 1);
        token::merge(&mut token, part);
        token::deposit_token(creator, token);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10006, location = aptos_token::token)]
    fun different_tokens_do_not_merge(creator: &signer) {
        let vase = token::withdraw_token(creator, vases(creator, 1), 1);
        let jar = token::mint_token(creator, make_kind(creator, b"Jar", true, true), 1);
        token::merge(&mut vase, token::withdraw_token(creator, jar, 1));
        token::deposit_token(creator, vase);
    }

    // Capabilities.

    #[test(framework = @aptos_framework, creator = @0xc0ffee, buyer = @0xb0b)]
    fun a_capability_withdraws_without_a_signer(framework: &signer, creator: &signer, buyer: &signer) {
        timestamp::set_time_has_started_for_testing(framework);
        timestamp::update_global_time_for_test_secs(100);
        account::create_account_for_test(@0xb0b);
        let id = vases(creator, 5);
        let capability = token::create_withdraw_capability(creator, id, 3, 100);
        let (token, rest) = token::partial_withdraw_with_capability(capability, 1);
        token::deposit_token(buyer, token);
        token::deposit_token(buyer, token::withdraw_with_capability(option::destroy_some(rest)));
        assert!(token::balance_of(@0xb0b, id) == 3, 0);

        let (token, rest) = token::partial_withdraw_with_capability(
            token::create_withdraw_capability(creator, id, 2, 100), 2,
        );
        token::deposit_token(buyer, token);
        assert!(option::is_none(&rest), 1);
    }

    #[test(framework = @aptos_framework, creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10027, location = aptos_token::token)]
    fun a_capability_expires(framework: &signer, creator: &signer) {
        timestamp::set_time_has_started_for_testing(framework);
        timestamp::update_global_time_for_test_secs(101);
        let capability = token::create_withdraw_capability(creator, vases(creator, 5), 3, 100);
        token::deposit_token(creator, token::withdraw_with_capability(capability));
    }

    #[test(framework = @aptos_framework, creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10026, location = aptos_token::token)]
    fun a_capability_is_for_an_amount(framework: &signer, creator: &signer) {
        timestamp::set_time_has_started_for_testing(framework);
        let capability = token::create_withdraw_capability(creator, vases(creator, 5), 3, 100);
        let (token, _) = token::partial_withdraw_with_capability(capability, 4);
        token::deposit_token(creator, token);
    }

    // Burning.

    #[test(creator = @0xc0ffee, owner = @0xb0b)]
    fun owner_and_creator_burn(creator: &signer, owner: &signer) {
        let id = vases(creator, 5);
        account::create_account_for_test(@0xb0b);
        token::direct_transfer(creator, owner, id, 4);
        token::burn(owner, @0xc0ffee, s(b"Pottery"), s(b"Vase"), 0, 1);
        assert!(token::balance_of(@0xb0b, id) == 3, 0);
        token::burn_by_creator(creator, @0xb0b, s(b"Pottery"), s(b"Vase"), 0, 2);
        assert!(token::balance_of(@0xb0b, id) == 1, 1);
        assert!(token::get_token_supply(@0xc0ffee, token::get_tokendata_id(id)) == option::some(2), 2);
    }

    #[test(creator = @0xc0ffee)]
    fun the_last_token_takes_kind_and_collection_with_it(creator: &signer) {
        vases(creator, 1);
        let jar = token::mint_token(creator, make_kind(creator, b"Jar", true, true), 1);
        token::burn(creator, @0xc0ffee, s(b"Pottery"), s(b"Vase"), 0, 1);
        assert!(!token::check_tokendata_exists(@0xc0ffee, s(b"Pottery"), s(b"Vase")), 0);
        assert!(token::get_collection_supply(@0xc0ffee, s(b"Pottery")) == option::some(1), 1);
        assert!(token::balance_of(@0xc0ffee, jar) == 1, 2);
        token::burn_by_creator(creator, @0xc0ffee, s(b"Pottery"), s(b"Jar"), 0, 1);
        assert!(!token::check_collection_exists(@0xc0ffee, s(b"Pottery")), 3);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x5001e, location = aptos_token::token)]
    fun an_owner_burns_only_if_allowed(creator: &signer) {
        make_collection(creator, true);
        token::mint_token(creator, make_kind(creator, b"Vase", true, false), 1);
        token::burn(creator, @0xc0ffee, s(b"Pottery"), s(b"Vase"), 0, 1);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x5001f, location = aptos_token::token)]
    fun a_creator_burns_only_if_allowed(creator: &signer) {
        make_collection(creator, true);
        token::mint_token(creator, make_kind(creator, b"Vase", true, false), 1);
        token::burn_by_creator(creator, @0xc0ffee, s(b"Pottery"), s(b"Vase"), 0, 1);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x5001e, location = aptos_token::token)]
    fun a_kind_without_flags_cannot_be_burned(creator: &signer) {
        account::create_account_for_test(@0xc0ffee);
        token::create_collection_and_token(
            creator, 1, 1, 1, vector[], vector[], vector[], vector[true, true, true],
            vector[true, true, true, true, true],
        );
        token::burn(creator, @0xc0ffee, token::get_collection_name(), token::get_token_name(), 0, 1);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x1001d, location = aptos_token::token)]
    fun zero_tokens_cannot_be_burned(creator: &signer) {
        vases(creator, 1);
        token::burn(creator, @0xc0ffee, s(b"Pottery"), s(b"Vase"), 0, 0);
    }

    #[test(creator = @0xc0ffee, other = @0xb0b)]
    #[expected_failure(abort_code = 0x10005, location = aptos_token::token)]
    fun who_has_none_burns_none(creator: &signer, other: &signer) {
        vases(creator, 1);
        token::burn(other, @0xc0ffee, s(b"Pottery"), s(b"Vase"), 0, 1);
    }

    // Changes.

    #[test(creator = @0xc0ffee)]
    fun a_collection_can_change(creator: &signer) {
        make_collection(creator, true);
        token::mutate_collection_description(creator, s(b"Pottery"), s(b"Made by machine"));
        token::mutate_collection_uri(creator, s(b"Pottery"), s(b"ipfs://machines"));
        token::mutate_collection_maximum(creator, s(b"Pottery"), 1);
        assert!(token::get_collection_description(@0xc0ffee, s(b"Pottery")) == s(b"Made by machine"), 0);
        assert!(token::get_collection_uri(@0xc0ffee, s(b"Pottery")) == s(b"ipfs://machines"), 1);
        assert!(token::get_collection_maximum(@0xc0ffee, s(b"Pottery")) == 1, 2);
    }

    #[test(creator = @0xc0ffee)]
    fun a_kind_can_change(creator: &signer) {
        let kind = kind(creator, true);
        token::mutate_tokendata_description(creator, kind, s(b"Black"));
        token::mutate_tokendata_uri(creator, kind, s(b"ipfs://urn"));
        token::mutate_tokendata_maximum(creator, kind, 11);
        token::mutate_tokendata_royalty(creator, kind, token::create_royalty(1, 10, @0xb0b));
        assert!(token::get_tokendata_description(kind) == s(b"Black"), 0);
        assert!(token::get_tokendata_uri(@0xc0ffee, kind) == s(b"ipfs://urn"), 1);
        assert!(token::get_tokendata_maximum(kind) == 11, 2);
        assert!(token::get_tokendata_royalty(kind) == token::create_royalty(1, 10, @0xb0b), 3);
    }

    #[test(creator = @0xc0ffee)]
    fun default_properties_change_for_all(creator: &signer) {
        let id = vases(creator, 2);
        token::mutate_tokendata_property(
            creator, token::get_tokendata_id(id), vector[s(b"weight"), s(b"glazed")],
            vector[bcs::to_bytes(&901u64), x"01"], vector[s(b"u64"), s(b"bool")],
        );
        let properties = token::get_property_map(@0xc0ffee, id);
        assert!(property_map::read_u64(&properties, &s(b"weight")) == 901, 0);
        assert!(property_map::read_bool(&properties, &s(b"glazed")), 1);
    }

    #[test(creator = @0xc0ffee)]
    fun a_token_becomes_unique_by_its_properties(creator: &signer) {
        let id = vases(creator, 3);
        let first = token::mutate_one_token(
            creator, @0xc0ffee, id, vector[s(b"weight")], vector[bcs::to_bytes(&1u64)], vector[s(b"u64")],
        );
        let kind = token::get_tokendata_id(id);
        assert!(first == token::create_token_id(kind, 1), 0);
        assert!(token::balance_of(@0xc0ffee, id) == 2, 1);
        assert!(token::balance_of(@0xc0ffee, first) == 1, 2);
        let own = token::get_property_map(@0xc0ffee, first);
        assert!(property_map::read_u64(&own, &s(b"weight")) == 1, 3);
        assert!(property_map::read_bool(&own, &s(b"TOKEN_BURNABLE_BY_OWNER")), 4);
        let shared = token::get_property_map(@0xc0ffee, id);
        assert!(property_map::read_u64(&shared, &s(b"weight")) == 900, 5);

        let again = token::mutate_one_token(
            creator, @0xc0ffee, first, vector[s(b"weight")], vector[bcs::to_bytes(&2u64)], vector[s(b"u64")],
        );
        assert!(again == first, 6);
        let own = token::get_property_map(@0xc0ffee, first);
        assert!(property_map::read_u64(&own, &s(b"weight")) == 2, 7);
        assert!(token::get_tokendata_largest_property_version(@0xc0ffee, kind) == 1, 8);
        assert!(token::get_token_supply(@0xc0ffee, kind) == option::some(3), 9);
    }

    #[test(creator = @0xc0ffee)]
    fun several_tokens_become_unique_at_once(creator: &signer) {
        let id = vases(creator, 3);
        token::mutate_token_properties(
            creator, @0xc0ffee, @0xc0ffee, s(b"Pottery"), s(b"Vase"), 0, 2,
            vector[s(b"glazed")], vector[x"01"], vector[s(b"bool")],
        );
        let kind = token::get_tokendata_id(id);
        assert!(token::balance_of(@0xc0ffee, id) == 1, 0);
        assert!(token::balance_of(@0xc0ffee, token::create_token_id(kind, 1)) == 1, 1);
        assert!(token::balance_of(@0xc0ffee, token::create_token_id(kind, 2)) == 1, 2);
    }

    #[test(creator = @0xc0ffee)]
    fun a_flag_lets_tokens_change_where_the_kind_is_fixed(creator: &signer) {
        account::create_account_for_test(@0xc0ffee);
        let id = token::create_collection_and_token(
            creator, 1, 1, 1, vector[s(b"TOKEN_PROPERTY_MUTATBLE")], vector[x"01"], vector[s(b"bool")],
            vector[false, false, false], vector[false, false, false, false, false],
        );
        let unique = token::mutate_one_token(
            creator, @0xc0ffee, id, vector[s(b"glazed")], vector[x"01"], vector[s(b"bool")],
        );
        let properties = token::get_property_map(@0xc0ffee, unique);
        assert!(property_map::read_bool(&properties, &s(b"glazed")), 0);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x5000d, location = aptos_token::token)]
    fun a_collections_description_may_be_fixed(creator: &signer) {
        make_collection(creator, false);
        token::mutate_collection_description(creator, s(b"Pottery"), s(b""));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x5000d, location = aptos_token::token)]
    fun a_collections_uri_may_be_fixed(creator: &signer) {
        make_collection(creator, false);
        token::mutate_collection_uri(creator, s(b"Pottery"), s(b""));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x5000d, location = aptos_token::token)]
    fun a_collections_maximum_may_be_fixed(creator: &signer) {
        make_collection(creator, false);
        token::mutate_collection_maximum(creator, s(b"Pottery"), 9);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10024, location = aptos_token::token)]
    fun a_maximum_cannot_be_lifted(creator: &signer) {
        make_collection(creator, true);
        token::mutate_collection_maximum(creator, s(b"Pottery"), 0);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x10024, location = aptos_token::token)]
    fun a_maximum_cannot_be_less_than_the_supply(creator: &signer) {
        let kind = token::get_tokendata_id(vases(creator, 3));
        token::mutate_tokendata_maximum(creator, kind, 2);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x5000d, location = aptos_token::token)]
    fun a_kinds_maximum_may_be_fixed(creator: &signer) {
        token::mutate_tokendata_maximum(creator, kind(creator, false), 11);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x5000d, location = aptos_token::token)]
    fun a_kinds_uri_may_be_fixed(creator: &signer) {
        token::mutate_tokendata_uri(creator, kind(creator, false), s(b""));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x1001b, location = aptos_token::token)]
    fun a_kinds_new_uri_can_be_too_long(creator: &signer) {
        token::mutate_tokendata_uri(creator, kind(creator, true), text(513));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x5000d, location = aptos_token::token)]
    fun a_kinds_description_may_be_fixed(creator: &signer) {
        token::mutate_tokendata_description(creator, kind(creator, false), s(b""));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x5000d, location = aptos_token::token)]
    fun a_kinds_royalty_may_be_fixed(creator: &signer) {
        token::mutate_tokendata_royalty(creator, kind(creator, false), token::create_royalty(1, 2, @0xfee));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x5000d, location = aptos_token::token)]
    fun default_properties_may_be_fixed(creator: &signer) {
        let kind = kind(creator, false);
        token::mutate_tokendata_property(creator, kind, vector[s(b"a")], vector[x"01"], vector[s(b"u8")]);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x30025, location = aptos_token::token)]
    fun default_properties_need_values(creator: &signer) {
        let kind = kind(creator, true);
        token::mutate_tokendata_property(creator, kind, vector[s(b"a")], vector[], vector[s(b"u8")]);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x50028, location = aptos_token::token)]
    fun a_flag_is_there_from_the_start_or_never(creator: &signer) {
        let kind = kind(creator, true);
        token::mutate_tokendata_property(
            creator, kind, vector[s(b"TOKEN_BURNABLE_BY_CREATOR")], vector[x"00"], vector[s(b"bool")],
        );
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x50028, location = aptos_token::token)]
    fun one_token_gets_no_flag(creator: &signer) {
        let id = vases(creator, 1);
        token::mutate_one_token(creator, @0xc0ffee, id, vector[s(b"TOKEN_")], vector[x"00"], vector[s(b"bool")]);
    }

    #[test(creator = @0xc0ffee, other = @0xb0b)]
    #[expected_failure(abort_code = 0x5000e, location = aptos_token::token)]
    fun nobody_else_changes_a_kind(creator: &signer, other: &signer) {
        token::mutate_tokendata_uri(other, kind(creator, true), s(b""));
    }

    #[test(creator = @0xc0ffee, other = @0xb0b)]
    #[expected_failure(abort_code = 0x5000e, location = aptos_token::token)]
    fun nobody_else_changes_a_token(creator: &signer, other: &signer) {
        token::mutate_one_token(other, @0xc0ffee, vases(creator, 1), vector[], vector[], vector[]);
    }

    #[test(creator = @0xc0ffee, other = @0xb0b)]
    #[expected_failure(abort_code = 0x6000e, location = aptos_token::token)]
    fun nobody_else_changes_tokens(creator: &signer, other: &signer) {
        vases(creator, 1);
        token::mutate_token_properties(
            other, @0xc0ffee, @0xc0ffee, s(b"Pottery"), s(b"Vase"), 0, 1, vector[], vector[], vector[],
        );
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x5000d, location = aptos_token::token)]
    fun a_tokens_properties_may_be_fixed(creator: &signer) {
        let kind = kind(creator, false);
        let id = token::mint_token(creator, kind, 1);
        token::mutate_one_token(creator, @0xc0ffee, id, vector[], vector[], vector[]);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x6000f, location = aptos_token::token)]
    fun a_unique_token_changes_only_where_it_is(creator: &signer) {
        let id = token::mutate_one_token(creator, @0xc0ffee, vases(creator, 1), vector[], vector[], vector[]);
        token::mutate_one_token(creator, @0xb0b, id, vector[], vector[], vector[]);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x60005, location = aptos_token::token)]
    fun properties_are_read_where_the_token_is(creator: &signer) {
        token::get_property_map(@0xb0b, vases(creator, 1));
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x60002, location = aptos_token::token)]
    fun what_was_not_made_has_no_description(creator: &signer) {
        make_collection(creator, true);
        token::get_collection_description(@0xc0ffee, s(b"Jars"));
    }

    #[test]
    #[expected_failure(abort_code = 0x60001, location = aptos_token::token)]
    fun who_made_nothing_has_no_collections() {
        token::check_collection_exists(@0xb0b, s(b"Pottery"));
    }

    #[test(account = @0xb0b)]
    #[expected_failure(abort_code = 0, location = aptos_token::token)]
    fun stores_are_not_made_by_hand(account: &signer) {
        token::initialize_token_script(account);
    }

    #[test(account = @0xb0b)]
    #[expected_failure(abort_code = 0, location = aptos_token::token)]
    fun stores_are_not_made_for_one_token(account: &signer) {
        let id = token::create_token_id_raw(@0xc0ffee, s(b"Pottery"), s(b"Vase"), 0);
        token::initialize_token(account, id);
    }
}
