#[test_only]
/// Assets whose creator registered functions.
module aptos_framework::dispatchable_fungible_asset_tests {
    use std::option::{Self, Option};
    use std::string;
    use aptos_framework::dispatchable_fungible_asset;
    use aptos_framework::function_info::{Self, FunctionInfo};
    use aptos_framework::fungible_asset::{Self, Metadata, MintRef};
    use aptos_framework::object::{Self, ConstructorRef, Object};
    use aptos_framework::primary_fungible_store;

    fun named(function: vector<u8>): Option<FunctionInfo> {
        option::some(
            function_info::new_function_info_from_address(
                @aptos_framework, string::utf8(b"hooked_asset"), string::utf8(function)
            )
        )
    }

    fun create(creator: &signer): (ConstructorRef, MintRef, Object<Metadata>) {
        let (creator_ref, token) = fungible_asset::create_test_token(creator);
        let (mint, _, _) = primary_fungible_store::init_test_metadata_with_primary_store_enabled(&creator_ref);
        (creator_ref, mint, object::convert(token))
    }

    fun set_up(creator: &signer): (MintRef, Object<Metadata>) {
        let (creator_ref, mint, metadata) = create(creator);
        dispatchable_fungible_asset::register_dispatch_functions(
            &creator_ref, named(b"withdraw"), named(b"deposit"), named(b"derived_balance")
        );
        dispatchable_fungible_asset::register_derive_supply_dispatch_function(
            &creator_ref, named(b"derived_supply")
        );
        primary_fungible_store::mint(&mint, @0xcafe, 100);
        (mint, metadata)
    }

    #[test(creator = @0xcafe)]
    fun functions_run_in_place_of_the_frameworks(creator: &signer) {
        let (_, metadata) = set_up(creator);
        primary_fungible_store::transfer(creator, metadata, @0xface, 50);
        let store = primary_fungible_store::primary_store(@0xface, metadata);
        assert!(fungible_asset::balance(store) == 45);
        assert!(dispatchable_fungible_asset::derived_balance(store) == 90);
        assert!(dispatchable_fungible_asset::is_derived_balance_at_least(store, 90));
        assert!(!dispatchable_fungible_asset::is_derived_balance_at_least(store, 91));
        assert!(primary_fungible_store::balance(@0xcafe, metadata) == 55);
        assert!(dispatchable_fungible_asset::derived_supply(metadata) == option::some(1234));
        assert!(fungible_asset::supply(metadata) == option::some(100));
        assert!(fungible_asset::is_store_dispatchable(store));
        assert!(fungible_asset::withdraw_dispatch_function(store) == named(b"withdraw"));
        assert!(fungible_asset::deposit_dispatch_function(store) == named(b"deposit"));
    }

    #[test(creator = @0xcafe)]
    fun assets_without_functions_are_moved_by_the_framework(creator: &signer) {
        let (_, mint, metadata) = create(creator);
        primary_fungible_store::mint(&mint, @0xcafe, 10);
        primary_fungible_store::transfer(creator, metadata, @0xface, 3);
        let store = primary_fungible_store::primary_store(@0xface, metadata);
        assert!(dispatchable_fungible_asset::derived_balance(store) == 3);
        assert!(dispatchable_fungible_asset::derived_supply(metadata) == option::some(10));
        assert!(!fungible_asset::is_store_dispatchable(store));
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 77, location = aptos_framework::hooked_asset)]
    fun functions_can_refuse(creator: &signer) {
        let (_, metadata) = set_up(creator);
        primary_fungible_store::transfer(creator, metadata, @0xface, 51);
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x1001c, location = aptos_framework::fungible_asset)]
    fun functions_cannot_be_evaded_by_withdrawals(creator: &signer) {
        let (_, metadata) = set_up(creator);
        let store = primary_fungible_store::primary_store(@0xcafe, metadata);
        fungible_asset::transfer(creator, store, store, 50);
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x1001c, location = aptos_framework::fungible_asset)]
    fun functions_cannot_be_evaded_by_deposits(creator: &signer) {
        let (_, metadata) = set_up(creator);
        let fa = primary_fungible_store::withdraw(creator, metadata, 50);
        fungible_asset::deposit(primary_fungible_store::primary_store(@0xcafe, metadata), fa);
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x70002, location = aptos_framework::dispatchable_fungible_asset)]
    fun the_amount_leaves_the_store(creator: &signer) {
        let (creator_ref, mint, metadata) = create(creator);
        dispatchable_fungible_asset::register_dispatch_functions(
            &creator_ref, named(b"withdraw_half"), option::none(), option::none()
        );
        primary_fungible_store::mint(&mint, @0xcafe, 100);
        primary_fungible_store::transfer(creator, metadata, @0xface, 50);
    }

    #[test(creator = @0xcafe)]
    fun a_minimum_can_arrive(creator: &signer) {
        let (_, metadata) = set_up(creator);
        primary_fungible_store::transfer_assert_minimum_deposit(creator, metadata, @0xface, 50, 45);
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x70002, location = aptos_framework::dispatchable_fungible_asset)]
    fun less_than_the_minimum_aborts(creator: &signer) {
        let (_, metadata) = set_up(creator);
        primary_fungible_store::transfer_assert_minimum_deposit(creator, metadata, @0xface, 50, 46);
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x10019, location = aptos_framework::fungible_asset)]
    fun withdrawals_have_their_signature(creator: &signer) {
        let (creator_ref, _, _) = create(creator);
        dispatchable_fungible_asset::register_dispatch_functions(
            &creator_ref, named(b"deposit"), option::none(), option::none()
        );
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x1001a, location = aptos_framework::fungible_asset)]
    fun deposits_have_their_signature(creator: &signer) {
        let (creator_ref, _, _) = create(creator);
        dispatchable_fungible_asset::register_dispatch_functions(
            &creator_ref, option::none(), named(b"withdraw"), option::none()
        );
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x1001b, location = aptos_framework::fungible_asset)]
    fun balances_have_their_signature(creator: &signer) {
        let (creator_ref, _, _) = create(creator);
        dispatchable_fungible_asset::register_dispatch_functions(
            &creator_ref, option::none(), option::none(), named(b"derived_supply")
        );
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x10021, location = aptos_framework::fungible_asset)]
    fun supplies_have_their_signature(creator: &signer) {
        let (creator_ref, _, _) = create(creator);
        dispatchable_fungible_asset::register_derive_supply_dispatch_function(
            &creator_ref, named(b"derived_balance")
        );
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x8001d, location = aptos_framework::fungible_asset)]
    fun functions_are_registered_once(creator: &signer) {
        let (creator_ref, _, _) = create(creator);
        for (i in 0..2) {
            fungible_asset::register_dispatch_functions(
                &creator_ref, option::none(), option::none(), option::none()
            );
        };
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x6001e, location = aptos_framework::fungible_asset)]
    fun only_metadata_has_functions(creator: &signer) {
        let (creator_ref, _) = fungible_asset::create_test_token(creator);
        fungible_asset::register_dispatch_functions(&creator_ref, option::none(), option::none(), option::none());
    }

    #[test]
    #[expected_failure(abort_code = 0x10012, location = aptos_framework::fungible_asset)]
    fun deletable_objects_have_no_functions() {
        fungible_asset::register_dispatch_functions(
            &object::create_object(@0xcafe), option::none(), option::none(), option::none()
        );
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(major_status = 4037, location = aptos_framework::hooked_asset)]
    fun functions_do_not_come_back(creator: &signer) {
        let (creator_ref, mint, metadata) = create(creator);
        dispatchable_fungible_asset::register_dispatch_functions(
            &creator_ref, option::none(), named(b"deposit_again"), option::none()
        );
        primary_fungible_store::mint(&mint, @0xcafe, 100);
        primary_fungible_store::transfer(creator, metadata, @0xface, 50);
    }
}
