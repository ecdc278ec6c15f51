#[test_only]
/// Transfers to accounts that did nothing before, and what such accounts can refuse.
module aptos_framework::aptos_account_tests {
    use std::string::utf8;
    use aptos_framework::account;
    use aptos_framework::aptos_account;
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::coin;
    use aptos_framework::event;
    use aptos_framework::fungible_asset::{Self, Metadata, MintRef};
    use aptos_framework::genesis;
    use aptos_framework::native_coin::{Self, NativeCoin};
    use aptos_framework::object::{Self, Object};
    use aptos_framework::primary_fungible_store;

    struct Gold {}

    /// Makes a coin, and gives `owner` 1000 of it.
    fun mint_gold(owner: &signer) {
        let (burn_cap, freeze_cap, mint_cap) = coin::initialize<Gold>(
            &account::create_account_for_test(@aptos_framework), utf8(b"Gold"), utf8(b"AU"), 2, true
        );
        coin::register<Gold>(owner);
        coin::deposit(std::signer::address_of(owner), coin::mint(1000, &mint_cap));
        coin::destroy_burn_cap(burn_cap);
        coin::destroy_freeze_cap(freeze_cap);
        coin::destroy_mint_cap(mint_cap);
    }

    /// Makes a fungible asset.
    fun make_asset(creator: &signer): (MintRef, Object<Metadata>) {
        let (creator_ref, _) = fungible_asset::create_test_token(creator);
        let (mint_ref, _, _) = primary_fungible_store::init_test_metadata_with_primary_store_enabled(&creator_ref);
        (mint_ref, object::object_from_constructor_ref(&creator_ref))
    }

    #[test(alice = @0xa11ce)]
    fun eth_goes_anywhere(alice: &signer) {
        genesis::setup();
        native_coin::set_balance(@0xa11ce, 1000);
        aptos_account::transfer(alice, @0xb0b, 300);
        aptos_account::transfer_coins<AptosCoin>(alice, @0xb0b, 100);
        assert!(native_coin::balance(@0xa11ce) == 600);
        assert!(coin::balance<NativeCoin>(@0xb0b) == 400);
        aptos_account::assert_account_exists(@0xb0b);
        aptos_account::assert_account_is_registered_for_apt(@0xb0b);
    }

    #[test(alice = @0xa11ce)]
    fun eth_goes_to_several(alice: &signer) {
        genesis::setup();
        native_coin::set_balance(@0xa11ce, 1000);
        aptos_account::batch_transfer(alice, vector[@0xb0b, @0xca7], vector[100, 200]);
        aptos_account::batch_transfer_coins<AptosCoin>(alice, vector[@0xb0b, @0xca7], vector[1, 2]);
        assert!(native_coin::balance(@0xb0b) == 101 && native_coin::balance(@0xca7) == 202);
        assert!(native_coin::balance(@0xa11ce) == 697);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x10005, location = aptos_framework::aptos_account)]
    fun each_recipient_has_an_amount(alice: &signer) {
        aptos_account::batch_transfer(alice, vector[@0xb0b, @0xca7], vector[100]);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x10005, location = aptos_framework::aptos_account)]
    fun each_recipient_of_coins_has_an_amount(alice: &signer) {
        aptos_account::batch_transfer_coins<NativeCoin>(alice, vector[@0xb0b], vector[]);
    }

    #[test(alice = @0xa11ce)]
    fun coins_go_to_who_has_not_registered(alice: &signer) {
        genesis::setup();
        mint_gold(alice);
        aptos_account::transfer_coins<Gold>(alice, @0xb0b, 10);
        assert!(coin::balance<Gold>(@0xb0b) == 10 && coin::balance<Gold>(@0xa11ce) == 990);
        aptos_account::deposit_coins(@0xca7, coin::withdraw<Gold>(alice, 5));
        assert!(coin::balance<Gold>(@0xca7) == 5);
    }

    #[test(bob = @0xb0b)]
    fun accounts_choose_what_they_accept(bob: &signer) {
        assert!(aptos_account::can_receive_direct_coin_transfers(@0xb0b));
        aptos_account::set_allow_direct_coin_transfers(bob, false);
        assert!(!aptos_account::can_receive_direct_coin_transfers(@0xb0b));
        aptos_account::set_allow_direct_coin_transfers(bob, false);
        aptos_account::set_allow_direct_coin_transfers(bob, true);
        assert!(aptos_account::can_receive_direct_coin_transfers(@0xb0b));
        assert!(event::emitted_events<aptos_account::DirectCoinTransferConfigUpdated>().length() == 2);
    }

    #[test(alice = @0xa11ce, bob = @0xb0b)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::aptos_account)]
    fun coins_stay_away_from_who_refuses_them(alice: &signer, bob: &signer) {
        // Without pairs of coins and assets, who has not registered a coin can refuse it.
        mint_gold(alice);
        aptos_account::set_allow_direct_coin_transfers(bob, false);
        aptos_account::transfer_coins<Gold>(alice, @0xb0b, 10);
    }

    #[test(alice = @0xa11ce, bob = @0xb0b)]
    fun eth_and_registered_coins_cannot_be_refused(alice: &signer, bob: &signer) {
        genesis::setup();
        mint_gold(alice);
        native_coin::set_balance(@0xa11ce, 1000);
        coin::register<Gold>(bob);
        aptos_account::set_allow_direct_coin_transfers(bob, false);
        aptos_account::transfer_coins<Gold>(alice, @0xb0b, 10);
        aptos_account::transfer_coins<AptosCoin>(alice, @0xb0b, 10);
        assert!(coin::balance<Gold>(@0xb0b) == 10 && native_coin::balance(@0xb0b) == 10);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x10005, location = aptos_framework::aptos_account)]
    fun each_recipient_of_assets_has_an_amount(alice: &signer) {
        let (_, metadata) = make_asset(alice);
        aptos_account::batch_transfer_fungible_assets(alice, metadata, vector[@0xb0b], vector[]);
    }

    #[test(alice = @0xa11ce)]
    fun assets_go_anywhere(alice: &signer) {
        genesis::setup();
        let (mint_ref, metadata) = make_asset(alice);
        primary_fungible_store::deposit(@0xa11ce, fungible_asset::mint(&mint_ref, 90));
        aptos_account::transfer_fungible_assets(alice, metadata, @0xb0b, 30);
        aptos_account::batch_transfer_fungible_assets(alice, metadata, vector[@0xb0b, @0xca7], vector[1, 2]);
        aptos_account::deposit_fungible_assets(@0xca7, fungible_asset::mint(&mint_ref, 7));
        assert!(primary_fungible_store::balance(@0xa11ce, metadata) == 57);
        assert!(primary_fungible_store::balance(@0xb0b, metadata) == 31);
        assert!(primary_fungible_store::balance(@0xca7, metadata) == 9);
    }

    #[test]
    fun an_account_can_be_created() {
        aptos_account::create_account(@0xb0b);
        assert!(account::get_guid_next_creation_num(@0xb0b) == 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x80001, location = aptos_framework::account)]
    fun but_once() {
        aptos_account::create_account(@0xb0b);
        aptos_account::create_account(@0xb0b);
    }
}
