#[test_only]
/// Assets, their metadata, and stores that are objects of their own.
module aptos_framework::fungible_asset_tests {
    use std::option;
    use std::string::{Self, String};
    use aptos_framework::account;
    use aptos_framework::event;
    use aptos_framework::fungible_asset::{Self, BurnRef, Deposit, Frozen, FungibleStore, Metadata, MintRef,
        TransferRef, Withdraw};
    use aptos_framework::object::{Self, Object};

    /// Keeps the refs of a test.
    struct Refs has key {
        mint: MintRef,
        transfer: TransferRef,
        burn: BurnRef,
        metadata: Object<Metadata>,
    }

    /// An asset; the stores are of its creator and of somebody else.
    fun set_up(creator: &signer, other: &signer): (Object<FungibleStore>, Object<FungibleStore>) {
        let (mint, transfer, burn, _, metadata) = fungible_asset::create_fungible_asset(creator);
        move_to(creator, Refs { mint, transfer, burn, metadata });
        (
            fungible_asset::create_test_store(creator, metadata),
            fungible_asset::create_test_store(other, metadata)
        )
    }

    fun text(length: u64): String {
        let bytes = vector[];
        for (i in 0..length) bytes.push_back(65u8);
        string::utf8(bytes)
    }

    #[test(creator = @0xcafe)]
    fun metadata_can_be_read(creator: &signer) {
        let (_, _, _, _, metadata) = fungible_asset::create_fungible_asset(creator);
        assert!(fungible_asset::name(metadata) == string::utf8(b"TEST"));
        assert!(fungible_asset::symbol(metadata) == string::utf8(b"@@"));
        assert!(fungible_asset::decimals(metadata) == 0);
        assert!(fungible_asset::icon_uri(metadata) == string::utf8(b"http://www.example.com/favicon.ico"));
        assert!(fungible_asset::project_uri(metadata) == string::utf8(b"http://www.example.com"));
        assert!(fungible_asset::supply(metadata) == option::some(0));
        assert!(fungible_asset::maximum(metadata) == option::some(100));
        assert!(!fungible_asset::is_untransferable(metadata));
        assert!(!fungible_asset::is_asset_type_dispatchable(metadata));
    }

    #[test(creator = @0xcafe)]
    fun metadata_can_be_changed(creator: &signer) {
        let (mint, transfer, burn, mutate, metadata) = fungible_asset::create_fungible_asset(creator);
        fungible_asset::mutate_metadata(
            &mutate,
            option::some(string::utf8(b"New")),
            option::none(),
            option::some(9),
            option::none(),
            option::some(string::utf8(b"new"))
        );
        assert!(fungible_asset::name(metadata) == string::utf8(b"New"));
        assert!(fungible_asset::symbol(metadata) == string::utf8(b"@@") && fungible_asset::decimals(metadata) == 9);
        assert!(fungible_asset::icon_uri(metadata) == string::utf8(b"http://www.example.com/favicon.ico"));
        assert!(fungible_asset::project_uri(metadata) == string::utf8(b"new"));
        assert!(fungible_asset::object_from_metadata_ref(&mutate) == metadata);
        assert!(fungible_asset::mint_ref_metadata(&mint) == metadata);
        assert!(fungible_asset::transfer_ref_metadata(&transfer) == metadata);
        assert!(fungible_asset::burn_ref_metadata(&burn) == metadata);
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x2000f, location = aptos_framework::fungible_asset)]
    fun metadata_cannot_be_changed_for_the_worse(creator: &signer) {
        let (_, _, _, mutate, _) = fungible_asset::create_fungible_asset(creator);
        fungible_asset::mutate_metadata(
            &mutate, option::some(text(33)), option::none(), option::none(), option::none(), option::none()
        );
    }

    fun add_fungibility(creator: &signer, name: u64, symbol: u64, decimals: u8, icon_uri: u64, project_uri: u64) {
        let (creator_ref, _) = fungible_asset::create_test_token(creator);
        fungible_asset::add_fungibility(
            &creator_ref, option::none(), text(name), text(symbol), decimals, text(icon_uri), text(project_uri)
        );
    }

    #[test(creator = @0xcafe)]
    fun limits_can_be_reached(creator: &signer) {
        add_fungibility(creator, 32, 32, 32, 512, 512);
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x2000f, location = aptos_framework::fungible_asset)]
    fun names_have_a_limit(creator: &signer) {
        add_fungibility(creator, 33, 1, 0, 0, 0);
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x20010, location = aptos_framework::fungible_asset)]
    fun symbols_have_a_limit(creator: &signer) {
        add_fungibility(creator, 1, 33, 0, 0, 0);
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x20011, location = aptos_framework::fungible_asset)]
    fun decimals_have_a_limit(creator: &signer) {
        add_fungibility(creator, 1, 1, 33, 0, 0);
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x20013, location = aptos_framework::fungible_asset)]
    fun icon_uris_have_a_limit(creator: &signer) {
        add_fungibility(creator, 1, 1, 0, 513, 0);
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x20013, location = aptos_framework::fungible_asset)]
    fun project_uris_have_a_limit(creator: &signer) {
        add_fungibility(creator, 1, 1, 0, 0, 513);
    }

    #[test]
    #[expected_failure(abort_code = 0x10012, location = aptos_framework::fungible_asset)]
    fun deletable_objects_are_no_metadata() {
        fungible_asset::add_fungibility(
            &object::create_object(@0xcafe), option::none(), text(1), text(1), 0, text(0), text(0)
        );
    }

    #[test(creator = @0xcafe, other = @0xface)]
    fun assets_are_minted_moved_and_burnt(creator: &signer, other: &signer) {
        let (mine, others) = set_up(creator, other);
        let refs = &Refs[@0xcafe];
        let fa = fungible_asset::mint(&refs.mint, 60);
        assert!(fungible_asset::supply(refs.metadata) == option::some(60));
        assert!(fungible_asset::amount(&fa) == 60 && fungible_asset::asset_metadata(&fa) == refs.metadata);
        fungible_asset::deposit(mine, fa);
        fungible_asset::mint_to(&refs.mint, others, 40);
        fungible_asset::transfer(creator, mine, others, 25);
        fungible_asset::burn(&refs.burn, fungible_asset::withdraw(other, others, 5));
        fungible_asset::burn_from(&refs.burn, mine, 30);
        assert!(fungible_asset::balance(mine) == 5 && fungible_asset::balance(others) == 60);
        assert!(fungible_asset::is_balance_at_least(mine, 5) && !fungible_asset::is_balance_at_least(mine, 6));
        assert!(fungible_asset::supply(refs.metadata) == option::some(65));
        assert!(event::emitted_events<Deposit>().length() == 3 && event::emitted_events<Withdraw>().length() == 3);
    }

    #[test(creator = @0xcafe, other = @0xface)]
    fun nothing_can_be_moved(creator: &signer, other: &signer) {
        let (mine, others) = set_up(creator, other);
        fungible_asset::transfer(creator, mine, others, 0);
        assert!(event::emitted_events<Deposit>().is_empty() && event::emitted_events<Withdraw>().is_empty());
    }

    #[test(creator = @0xcafe, other = @0xface)]
    fun amounts_are_split_and_merged(creator: &signer, other: &signer) {
        let (mine, _) = set_up(creator, other);
        let refs = &Refs[@0xcafe];
        let fa = fungible_asset::zero(refs.metadata);
        fungible_asset::merge(&mut fa, fungible_asset::mint(&refs.mint, 10));
        let part = fungible_asset::extract(&mut fa, 4);
        assert!(fungible_asset::amount(&fa) == 6 && fungible_asset::amount(&part) == 4);
        fungible_asset::merge(&mut part, fa);
        fungible_asset::deposit(mine, part);
        fungible_asset::destroy_zero(fungible_asset::zero(refs.metadata));
        assert!(fungible_asset::balance(mine) == 10);
    }

    #[test(creator = @0xcafe, other = @0xface)]
    fun refs_move_frozen_assets(creator: &signer, other: &signer) {
        let (mine, others) = set_up(creator, other);
        let refs = &Refs[@0xcafe];
        fungible_asset::mint_to(&refs.mint, mine, 50);
        fungible_asset::set_frozen_flag(&refs.transfer, mine, true);
        fungible_asset::set_frozen_flag(&refs.transfer, others, true);
        assert!(fungible_asset::is_frozen(mine) && event::emitted_events<Frozen>().length() == 2);
        fungible_asset::transfer_with_ref(&refs.transfer, mine, others, 20);
        fungible_asset::deposit_with_ref(
            &refs.transfer, mine, fungible_asset::withdraw_with_ref(&refs.transfer, others, 5)
        );
        fungible_asset::burn_from(&refs.burn, mine, 1);
        fungible_asset::set_frozen_flag(&refs.transfer, mine, false);
        assert!(!fungible_asset::is_frozen(mine));
        assert!(fungible_asset::balance(mine) == 34 && fungible_asset::balance(others) == 15);
    }

    #[test(creator = @0xcafe, other = @0xface)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::fungible_asset)]
    fun frozen_stores_give_nothing(creator: &signer, other: &signer) {
        let (mine, others) = set_up(creator, other);
        fungible_asset::set_frozen_flag(&Refs[@0xcafe].transfer, mine, true);
        fungible_asset::transfer(creator, mine, others, 0);
    }

    #[test(creator = @0xcafe, other = @0xface)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::fungible_asset)]
    fun frozen_stores_receive_nothing(creator: &signer, other: &signer) {
        let (mine, others) = set_up(creator, other);
        fungible_asset::set_frozen_flag(&Refs[@0xcafe].transfer, others, true);
        fungible_asset::transfer(creator, mine, others, 0);
    }

    #[test(creator = @0xcafe, other = @0xface)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::fungible_asset)]
    fun nothing_is_minted_to_frozen_stores(creator: &signer, other: &signer) {
        let (mine, _) = set_up(creator, other);
        fungible_asset::set_frozen_flag(&Refs[@0xcafe].transfer, mine, true);
        fungible_asset::mint_to(&Refs[@0xcafe].mint, mine, 1);
    }

    #[test(creator = @0xcafe, other = @0xface)]
    #[expected_failure(abort_code = 0x50008, location = aptos_framework::fungible_asset)]
    fun only_owners_withdraw(creator: &signer, other: &signer) {
        let (mine, others) = set_up(creator, other);
        fungible_asset::mint_to(&Refs[@0xcafe].mint, mine, 1);
        fungible_asset::transfer(other, mine, others, 1);
    }

    #[test(creator = @0xcafe, other = @0xface)]
    #[expected_failure(abort_code = 0x10004, location = aptos_framework::fungible_asset)]
    fun no_store_gives_more_than_it_has(creator: &signer, other: &signer) {
        let (mine, others) = set_up(creator, other);
        fungible_asset::mint_to(&Refs[@0xcafe].mint, mine, 1);
        fungible_asset::transfer(creator, mine, others, 2);
    }

    #[test(creator = @0xcafe, other = @0xface)]
    #[expected_failure(abort_code = 0x10004, location = aptos_framework::fungible_asset)]
    fun no_more_is_split_off_than_there_is(creator: &signer, other: &signer) {
        let (mine, _) = set_up(creator, other);
        let fa = fungible_asset::mint(&Refs[@0xcafe].mint, 1);
        fungible_asset::deposit(mine, fungible_asset::extract(&mut fa, 2));
        fungible_asset::deposit(mine, fa);
    }

    #[test(creator = @0xcafe, other = @0xface)]
    #[expected_failure(abort_code = 0x20005, location = aptos_framework::fungible_asset)]
    fun the_maximum_is_not_exceeded(creator: &signer, other: &signer) {
        let (mine, _) = set_up(creator, other);
        fungible_asset::mint_to(&Refs[@0xcafe].mint, mine, 101);
    }

    #[test(creator = @0xcafe, other = @0xface)]
    #[expected_failure(abort_code = 0x1000c, location = aptos_framework::fungible_asset)]
    fun assets_are_not_thrown_away(creator: &signer, other: &signer) {
        set_up(creator, other);
        fungible_asset::destroy_zero(fungible_asset::mint(&Refs[@0xcafe].mint, 1));
    }

    /// A second asset, of another creator; its refs are at the creator.
    fun set_up_another(another: &signer): Object<FungibleStore> {
        let (mint, transfer, burn, _, metadata) = fungible_asset::create_fungible_asset(another);
        move_to(another, Refs { mint, transfer, burn, metadata });
        fungible_asset::create_test_store(another, metadata)
    }

    #[test(creator = @0xcafe, another = @0xface)]
    #[expected_failure(abort_code = 0x10006, location = aptos_framework::fungible_asset)]
    fun two_assets_do_not_merge(creator: &signer, another: &signer) {
        let (mine, store) = (set_up_another(creator), set_up_another(another));
        let fa = fungible_asset::withdraw(creator, mine, 0);
        fungible_asset::merge(&mut fa, fungible_asset::withdraw(another, store, 0));
        fungible_asset::destroy_zero(fa);
    }

    #[test(creator = @0xcafe, another = @0xface)]
    #[expected_failure(abort_code = 0x1000b, location = aptos_framework::fungible_asset)]
    fun another_assets_store_takes_nothing(creator: &signer, another: &signer) {
        set_up_another(creator);
        fungible_asset::mint_to(&Refs[@0xcafe].mint, set_up_another(another), 1);
    }

    #[test(creator = @0xcafe, another = @0xface)]
    #[expected_failure(abort_code = 0x10009, location = aptos_framework::fungible_asset)]
    fun another_assets_ref_does_not_freeze(creator: &signer, another: &signer) {
        set_up_another(creator);
        fungible_asset::set_frozen_flag(&Refs[@0xcafe].transfer, set_up_another(another), true);
    }

    #[test(creator = @0xcafe, another = @0xface)]
    #[expected_failure(abort_code = 0x10009, location = aptos_framework::fungible_asset)]
    fun another_assets_ref_does_not_withdraw(creator: &signer, another: &signer) {
        let (mine, store) = (set_up_another(creator), set_up_another(another));
        fungible_asset::transfer_with_ref(&Refs[@0xcafe].transfer, store, mine, 0);
    }

    #[test(creator = @0xcafe, another = @0xface)]
    #[expected_failure(abort_code = 0x10002, location = aptos_framework::fungible_asset)]
    fun another_assets_ref_does_not_deposit(creator: &signer, another: &signer) {
        set_up_another(creator);
        let store = set_up_another(another);
        let fa = fungible_asset::mint(&Refs[@0xface].mint, 1);
        fungible_asset::deposit_with_ref(&Refs[@0xcafe].transfer, store, fa);
    }

    #[test(creator = @0xcafe, another = @0xface)]
    #[expected_failure(abort_code = 0x1000d, location = aptos_framework::fungible_asset)]
    fun another_assets_ref_does_not_burn(creator: &signer, another: &signer) {
        set_up_another(creator);
        set_up_another(another);
        fungible_asset::burn(&Refs[@0xcafe].burn, fungible_asset::mint(&Refs[@0xface].mint, 1));
    }

    #[test(creator = @0xcafe, another = @0xface)]
    #[expected_failure(abort_code = 0x1000a, location = aptos_framework::fungible_asset)]
    fun another_assets_ref_does_not_burn_from_stores(creator: &signer, another: &signer) {
        set_up_another(creator);
        fungible_asset::burn_from(&Refs[@0xcafe].burn, set_up_another(another), 0);
    }

    #[test(creator = @0xcafe)]
    fun empty_stores_can_be_removed(creator: &signer) {
        let (_, _, _, _, metadata) = fungible_asset::create_fungible_asset(creator);
        let constructor_ref = &object::create_object(@0xcafe);
        let store = fungible_asset::create_store(constructor_ref, metadata);
        assert!(fungible_asset::store_exists(object::object_address(&store)));
        assert!(fungible_asset::store_metadata(store) == metadata);
        fungible_asset::remove_store(&object::generate_delete_ref(constructor_ref));
        assert!(!fungible_asset::store_exists(object::object_address(&store)));
        assert!(fungible_asset::balance(store) == 0 && !fungible_asset::is_frozen(store));
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x5000e, location = aptos_framework::fungible_asset)]
    fun full_stores_are_not_removed(creator: &signer) {
        let (mint, _, _, _, metadata) = fungible_asset::create_fungible_asset(creator);
        let constructor_ref = &object::create_object(@0xcafe);
        fungible_asset::mint_to(&mint, fungible_asset::create_store(constructor_ref, metadata), 1);
        fungible_asset::remove_store(&object::generate_delete_ref(constructor_ref));
    }

    #[test]
    #[expected_failure(abort_code = 0x60017, location = aptos_framework::fungible_asset)]
    fun there_must_be_a_store_to_remove() {
        let constructor_ref = &object::create_object(@0xcafe);
        fungible_asset::remove_store(&object::generate_delete_ref(constructor_ref));
    }

    #[test(creator = @0xcafe)]
    fun stores_of_some_assets_stay_with_their_owner(creator: &signer) {
        let (creator_ref, _) = fungible_asset::create_test_token(creator);
        fungible_asset::init_test_metadata(&creator_ref);
        fungible_asset::set_untransferable(&creator_ref);
        let metadata = object::object_from_constructor_ref<Metadata>(&creator_ref);
        assert!(fungible_asset::is_untransferable(metadata));
        assert!(object::is_untransferable(fungible_asset::create_test_store(creator, metadata)));
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x6001e, location = aptos_framework::fungible_asset)]
    fun only_metadata_says_that_stores_stay(creator: &signer) {
        let (creator_ref, _) = fungible_asset::create_test_token(creator);
        fungible_asset::set_untransferable(&creator_ref);
    }

    #[test(creator = @0xcafe)]
    fun supply_and_balance_can_be_aggregators(creator: &signer) {
        let (creator_ref, _) = fungible_asset::create_test_token(creator);
        let (mint, _, burn, _) = fungible_asset::init_test_metadata(&creator_ref);
        let metadata = object::object_from_constructor_ref<Metadata>(&creator_ref);
        let store = fungible_asset::create_test_store(creator, metadata);
        fungible_asset::mint_to(&mint, store, 10);
        assert!(object::object_exists<fungible_asset::ConcurrentSupply>(object::object_address(&metadata)));
        fungible_asset::upgrade_store_to_concurrent(creator, store);
        fungible_asset::upgrade_store_to_concurrent(creator, store);
        fungible_asset::mint_to(&mint, store, 20);
        fungible_asset::burn_from(&burn, store, 5);
        assert!(fungible_asset::balance(store) == 25);
        assert!(fungible_asset::is_balance_at_least(store, 25) && !fungible_asset::is_balance_at_least(store, 26));
        assert!(fungible_asset::supply(metadata) == option::some(25));
        assert!(fungible_asset::maximum(metadata) == option::some(100));
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x10004, location = aptos_framework::fungible_asset)]
    fun an_aggregator_gives_no_more_than_it_has(creator: &signer) {
        let (mint, _, burn, _, metadata) = fungible_asset::create_fungible_asset(creator);
        let store = fungible_asset::create_test_store(creator, metadata);
        fungible_asset::mint_to(&mint, store, 10);
        fungible_asset::upgrade_store_to_concurrent(creator, store);
        fungible_asset::burn_from(&burn, store, 11);
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x20001, location = aptos_framework::aggregator_v2)]
    fun stores_have_aggregators_where_that_is_switched_on(creator: &signer) {
        std::features::change_feature_flags_for_testing(
            &account::create_signer_for_test(@std),
            vector[std::features::get_default_to_concurrent_fungible_balance_feature()],
            vector[]
        );
        let (creator_ref, _) = fungible_asset::create_test_token(creator);
        let metadata =
            fungible_asset::add_fungibility(
                &creator_ref,
                option::none(),
                string::utf8(b"Gold"),
                string::utf8(b"AU"),
                0,
                string::utf8(b""),
                string::utf8(b"")
            );
        let mint = fungible_asset::generate_mint_ref(&creator_ref);
        let store = fungible_asset::create_test_store(creator, metadata);
        fungible_asset::mint_to(&mint, store, 18446744073709551615);
        assert!(fungible_asset::balance(store) == 18446744073709551615);
        fungible_asset::mint_to(&mint, store, 1);
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x20005, location = aptos_framework::fungible_asset)]
    fun a_supply_has_its_maximum(creator: &signer) {
        let (creator_ref, _) = fungible_asset::create_test_token(creator);
        let (mint, _, burn, _) = fungible_asset::init_test_metadata(&creator_ref);
        fungible_asset::burn(&burn, fungible_asset::mint(&mint, 101));
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x60015, location = aptos_framework::fungible_asset)]
    fun there_must_be_a_supply_to_upgrade(creator: &signer) {
        let (creator_ref, _) = fungible_asset::create_test_token(creator);
        fungible_asset::upgrade_to_concurrent(&object::generate_extend_ref(&creator_ref));
    }

    #[test(creator = @0xcafe, other = @0xface)]
    #[expected_failure(abort_code = 0x50008, location = aptos_framework::fungible_asset)]
    fun only_owners_upgrade_stores(creator: &signer, other: &signer) {
        let (mine, _) = set_up(creator, other);
        fungible_asset::upgrade_store_to_concurrent(other, mine);
    }

    #[test(creator = @0xcafe, other = @0xface)]
    #[expected_failure(abort_code = 0x10003, location = aptos_framework::fungible_asset)]
    fun frozen_stores_are_not_upgraded(creator: &signer, other: &signer) {
        let (mine, _) = set_up(creator, other);
        fungible_asset::set_frozen_flag(&Refs[@0xcafe].transfer, mine, true);
        fungible_asset::upgrade_store_to_concurrent(creator, mine);
    }

    #[test(creator = @0xcafe)]
    fun raw_refs_show_what_there_is(creator: &signer) {
        let (creator_ref, _) = fungible_asset::create_test_token(creator);
        let (mint, _, _, _) = fungible_asset::init_test_metadata(&creator_ref);
        let metadata = object::object_from_constructor_ref<Metadata>(&creator_ref);
        let store = fungible_asset::create_test_store(creator, metadata);
        fungible_asset::mint_to(&mint, store, 7);
        let (balance_ref, supply_ref) = (
            fungible_asset::generate_raw_balance_ref(&creator_ref),
            fungible_asset::generate_raw_supply_ref(&creator_ref)
        );
        assert!(fungible_asset::balance_with_ref(&balance_ref, store) == 7);
        assert!(fungible_asset::supply_with_ref(&supply_ref, metadata) == option::some(7));
    }

    #[test(creator = @0xcafe, another = @0xface)]
    #[expected_failure(abort_code = 0x10022, location = aptos_framework::fungible_asset)]
    fun a_raw_balance_ref_is_for_its_asset(creator: &signer, another: &signer) {
        let (creator_ref, _) = fungible_asset::create_test_token(creator);
        fungible_asset::init_test_metadata(&creator_ref);
        let ref = fungible_asset::generate_raw_balance_ref(&creator_ref);
        fungible_asset::balance_with_ref(&ref, set_up_another(another));
    }

    #[test(creator = @0xcafe, another = @0xface)]
    #[expected_failure(abort_code = 0x10023, location = aptos_framework::fungible_asset)]
    fun a_raw_supply_ref_is_for_its_asset(creator: &signer, another: &signer) {
        let (creator_ref, _) = fungible_asset::create_test_token(creator);
        fungible_asset::init_test_metadata(&creator_ref);
        let ref = fungible_asset::generate_raw_supply_ref(&creator_ref);
        set_up_another(another);
        fungible_asset::supply_with_ref(&ref, Refs[@0xface].metadata);
    }
}
