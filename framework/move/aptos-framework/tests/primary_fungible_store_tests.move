#[test_only]
/// Stores at addresses that follow from owner and asset.
module aptos_framework::primary_fungible_store_tests {
    use aptos_framework::fungible_asset::{Self, BurnRef, Metadata, MintRef, TransferRef};
    use aptos_framework::object::{Self, Object};
    use aptos_framework::primary_fungible_store;

    fun set_up(creator: &signer): (MintRef, TransferRef, BurnRef, Object<Metadata>) {
        let (creator_ref, token) = fungible_asset::create_test_token(creator);
        let (mint, transfer, burn) =
            primary_fungible_store::init_test_metadata_with_primary_store_enabled(&creator_ref);
        (mint, transfer, burn, object::convert(token))
    }

    #[test(creator = @0xcafe)]
    fun stores_are_where_their_owner_says(creator: &signer) {
        let (_, _, _, metadata) = set_up(creator);
        assert!(!primary_fungible_store::primary_store_exists(@0xface, metadata));
        assert!(primary_fungible_store::balance(@0xface, metadata) == 0);
        assert!(primary_fungible_store::is_balance_at_least(@0xface, metadata, 0));
        assert!(!primary_fungible_store::is_balance_at_least(@0xface, metadata, 1));
        assert!(!primary_fungible_store::is_frozen(@0xface, metadata));
        let store = primary_fungible_store::ensure_primary_store_exists(@0xface, metadata);
        assert!(primary_fungible_store::ensure_primary_store_exists(@0xface, metadata) == store);
        assert!(primary_fungible_store::primary_store_exists(@0xface, metadata));
        assert!(primary_fungible_store::primary_store(@0xface, metadata) == store);
        let address = primary_fungible_store::primary_store_address(@0xface, metadata);
        assert!(object::object_address(&store) == address);
        assert!(
            address
                == object::create_user_derived_object_address(@0xface, object::object_address(&metadata))
        );
        assert!(primary_fungible_store::primary_store_address_inlined(@0xface, metadata) == address);
        assert!(primary_fungible_store::primary_store_exists_inlined(@0xface, metadata));
        assert!(primary_fungible_store::primary_store_inlined(@0xface, metadata) == store);
        assert!(object::is_owner(store, @0xface) && !object::ungated_transfer_allowed(store));
    }

    #[test(creator = @0xcafe)]
    fun receivers_need_no_store(creator: &signer) {
        let (mint, _, burn, metadata) = set_up(creator);
        primary_fungible_store::mint(&mint, @0xcafe, 50);
        primary_fungible_store::transfer(creator, metadata, @0xface, 20);
        primary_fungible_store::transfer_assert_minimum_deposit(creator, metadata, @0xface, 5, 5);
        primary_fungible_store::deposit(@0xb0b, primary_fungible_store::withdraw(creator, metadata, 10));
        primary_fungible_store::burn(&burn, @0xb0b, 1);
        assert!(primary_fungible_store::balance(@0xcafe, metadata) == 15);
        assert!(primary_fungible_store::balance(@0xface, metadata) == 25);
        assert!(primary_fungible_store::balance(@0xb0b, metadata) == 9);
        assert!(primary_fungible_store::is_balance_at_least(@0xb0b, metadata, 9));
    }

    #[test(creator = @0xcafe)]
    fun refs_move_frozen_assets(creator: &signer) {
        let (mint, transfer, _, metadata) = set_up(creator);
        primary_fungible_store::mint(&mint, @0xface, 50);
        primary_fungible_store::set_frozen_flag(&transfer, @0xface, true);
        primary_fungible_store::set_frozen_flag(&transfer, @0xb0b, true);
        assert!(primary_fungible_store::is_frozen(@0xface, metadata));
        primary_fungible_store::transfer_with_ref(&transfer, @0xface, @0xb0b, 20);
        let fa = primary_fungible_store::withdraw_with_ref(&transfer, @0xb0b, 5);
        primary_fungible_store::deposit_with_ref(&transfer, @0xface, fa);
        let fa = primary_fungible_store::withdraw_with_ref(&transfer, @0xface, 5);
        primary_fungible_store::force_deposit(@0xb0b, fa);
        assert!(primary_fungible_store::balance(@0xface, metadata) == 30);
        assert!(primary_fungible_store::balance(@0xb0b, metadata) == 20);
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::fungible_asset)]
    fun frozen_stores_receive_nothing(creator: &signer) {
        let (mint, transfer, _, metadata) = set_up(creator);
        primary_fungible_store::mint(&mint, @0xcafe, 50);
        primary_fungible_store::set_frozen_flag(&transfer, @0xface, true);
        primary_fungible_store::transfer(creator, metadata, @0xface, 1);
    }

    #[test(creator = @0xcafe)]
    #[expected_failure(abort_code = 0x10004, location = aptos_framework::fungible_asset)]
    fun nobody_spends_more_than_he_has(creator: &signer) {
        let (mint, _, _, metadata) = set_up(creator);
        primary_fungible_store::mint(&mint, @0xcafe, 50);
        primary_fungible_store::transfer(creator, metadata, @0xface, 51);
    }

    #[test(creator = @0xcafe)]
    fun burnt_stores_come_back_when_used(creator: &signer) {
        let (mint, _, _, metadata) = set_up(creator);
        primary_fungible_store::mint(&mint, @0xcafe, 50);
        let store = primary_fungible_store::primary_store(@0xcafe, metadata);
        object::burn_object(creator, store);
        assert!(object::is_burnt(store));
        primary_fungible_store::transfer(creator, metadata, @0xface, 1);
        assert!(!object::is_burnt(store));
        object::burn_object(creator, store);
        primary_fungible_store::deposit(@0xface, primary_fungible_store::withdraw(creator, metadata, 1));
        assert!(!object::is_burnt(store) && primary_fungible_store::balance(@0xface, metadata) == 2);
    }
}
