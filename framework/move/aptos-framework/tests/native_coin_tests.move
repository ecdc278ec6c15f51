#[test_only]
/// ETH is one number, whether it is looked at as a coin, as a fungible asset or in wei.
module aptos_framework::native_coin_tests {
    use std::option;
    use std::signer;
    use std::string;
    use aptos_framework::account;
    use aptos_framework::aptos_coin::{Self, AptosCoin};
    use aptos_framework::coin::{Self, Coin, CoinDeposit, CoinWithdraw};
    use aptos_framework::dispatchable_fungible_asset;
    use aptos_framework::event;
    use aptos_framework::fungible_asset::{Self, Deposit, Metadata, Withdraw};
    use aptos_framework::native_coin::{Self, NativeCoin};
    use aptos_framework::object::{Self, Object};
    use aptos_framework::primary_fungible_store;

    /// A struct that stores a coin.
    struct Purse has key {
        coin: Coin<NativeCoin>,
    }

    fun metadata(): Object<Metadata> {
        object::address_to_object(@aptos_fungible_asset)
    }

    /// Declares ETH; 0xa11ce has 100 octas.
    fun set_up(framework: &signer) {
        let (burn_cap, mint_cap) = aptos_coin::initialize_for_test(framework);
        coin::destroy_burn_cap(burn_cap);
        coin::destroy_mint_cap(mint_cap);
        native_coin::set_balance(@0xa11ce, 100);
    }

    /// All faces of the account's balance show `octas`.
    fun assert_balance(account: address, octas: u64) {
        assert!(native_coin::balance(account) == octas);
        assert!(native_coin::wei_balance(account) == (octas as u256) * 10_000_000_000);
        assert!(coin::balance<NativeCoin>(account) == octas);
        assert!(coin::balance<AptosCoin>(account) == octas);
        assert!(coin::is_balance_at_least<NativeCoin>(account, octas));
        assert!(!coin::is_balance_at_least<NativeCoin>(account, octas + 1));
        assert!(primary_fungible_store::balance(account, metadata()) == octas);
        assert!(primary_fungible_store::is_balance_at_least(account, metadata(), octas));
        assert!(!primary_fungible_store::is_balance_at_least(account, metadata(), octas + 1));
        if (primary_fungible_store::primary_store_exists(account, metadata())) {
            let store = primary_fungible_store::primary_store(account, metadata());
            assert!(fungible_asset::balance(store) == octas);
            assert!(dispatchable_fungible_asset::derived_balance(store) == octas);
        };
    }

    #[test(framework = @aptos_framework)]
    fun the_asset_has_the_coins_name(framework: &signer) {
        set_up(framework);
        assert!(fungible_asset::name(metadata()) == string::utf8(b"Ether"));
        assert!(fungible_asset::symbol(metadata()) == string::utf8(b"ETH"));
        assert!(fungible_asset::decimals(metadata()) == 8);
        assert!(coin::paired_metadata<NativeCoin>() == option::some(metadata()));
        assert!(coin::supply<NativeCoin>() == option::none());
        assert!(fungible_asset::supply(metadata()) == option::none());
        assert!(fungible_asset::maximum(metadata()) == option::none());
    }

    #[test(framework = @aptos_framework)]
    fun nobody_registers(framework: &signer) {
        set_up(framework);
        assert!(coin::is_account_registered<NativeCoin>(@0xcafe));
        assert!(!coin::is_coin_store_frozen<NativeCoin>(@0xcafe));
        let user = account::create_account_for_test(@0xcafe);
        coin::register<NativeCoin>(&user);
        coin::migrate_to_fungible_store<NativeCoin>(&user);
        assert_balance(@0xcafe, 0);
    }

    #[test(framework = @aptos_framework, alice = @0xa11ce)]
    fun coins_move_between_balances(framework: &signer, alice: &signer) {
        set_up(framework);
        coin::transfer<NativeCoin>(alice, @0xb0b, 30);
        assert_balance(@0xa11ce, 70);
        assert_balance(@0xb0b, 30);
        assert!(event::emitted_events<CoinWithdraw>().length() == 1);
        assert!(event::emitted_events<CoinDeposit>().length() == 1);
        let coin = coin::withdraw<NativeCoin>(alice, 20);
        assert_balance(@0xa11ce, 50);
        assert!(native_coin::balance(native_coin::vault()) == 20);
        coin::deposit(@0xb0b, coin);
        assert_balance(@0xb0b, 50);
        assert!(native_coin::balance(native_coin::vault()) == 0);
        coin::force_deposit(@0xcafe, coin::withdraw<NativeCoin>(alice, 1));
        assert_balance(@0xcafe, 1);
    }

    #[test(framework = @aptos_framework, alice = @0xa11ce, bob = @0xb0b)]
    fun fungible_assets_move_between_balances(framework: &signer, alice: &signer, bob: &signer) {
        set_up(framework);
        primary_fungible_store::transfer(alice, metadata(), @0xb0b, 30);
        assert_balance(@0xa11ce, 70);
        assert_balance(@0xb0b, 30);
        assert!(event::emitted_events<Withdraw>().length() == 1 && event::emitted_events<Deposit>().length() == 1);
        let fa = primary_fungible_store::withdraw(bob, metadata(), 10);
        assert!(native_coin::balance(native_coin::vault()) == 10);
        primary_fungible_store::deposit(@0xcafe, fa);
        assert_balance(@0xcafe, 10);
        let store = primary_fungible_store::primary_store(@0xb0b, metadata());
        fungible_asset::transfer(bob, store, primary_fungible_store::primary_store(@0xcafe, metadata()), 5);
        assert_balance(@0xb0b, 15);
        assert_balance(@0xcafe, 15);
    }

    #[test(framework = @aptos_framework, alice = @0xa11ce)]
    fun a_coin_becomes_an_asset_and_keeps_its_backing(framework: &signer, alice: &signer) {
        set_up(framework);
        let fa = coin::coin_to_fungible_asset(coin::withdraw<AptosCoin>(alice, 40));
        assert!(fungible_asset::amount(&fa) == 40 && native_coin::balance(native_coin::vault()) == 40);
        primary_fungible_store::deposit(@0xb0b, fa);
        assert_balance(@0xa11ce, 60);
        assert_balance(@0xb0b, 40);
        assert!(native_coin::balance(native_coin::vault()) == 0);
    }

    #[test(framework = @aptos_framework, alice = @0xa11ce)]
    fun stored_coins_are_in_the_vault(framework: &signer, alice: &signer) {
        set_up(framework);
        move_to(alice, Purse { coin: coin::withdraw<NativeCoin>(alice, 40) });
        assert_balance(@0xa11ce, 60);
        assert!(native_coin::balance(native_coin::vault()) == 40);
        let Purse { coin } = move_from<Purse>(@0xa11ce);
        coin::deposit(@0xa11ce, coin);
        assert_balance(@0xa11ce, 100);
    }

    #[test(framework = @aptos_framework, alice = @0xa11ce)]
    fun other_stores_have_their_own_balance(framework: &signer, alice: &signer) {
        set_up(framework);
        let store = fungible_asset::create_test_store(alice, metadata());
        let store_addr = object::object_address(&store);
        fungible_asset::deposit(store, primary_fungible_store::withdraw(alice, metadata(), 25));
        assert!(fungible_asset::balance(store) == 25);
        assert_balance(store_addr, 25);
        assert_balance(@0xa11ce, 75);
        dispatchable_fungible_asset::transfer(
            alice, store, primary_fungible_store::primary_store(@0xa11ce, metadata()), 20
        );
        assert!(fungible_asset::balance(store) == 5);
        fungible_asset::upgrade_store_to_concurrent(alice, store);
        assert!(fungible_asset::balance(store) == 5);
        assert_balance(@0xa11ce, 95);
    }

    #[test(framework = @aptos_framework, alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x5000e, location = aptos_framework::fungible_asset)]
    fun a_store_with_eth_is_not_removed(framework: &signer, alice: &signer) {
        set_up(framework);
        let constructor_ref = &object::create_object(signer::address_of(alice));
        let store = fungible_asset::create_store(constructor_ref, metadata());
        fungible_asset::deposit(store, primary_fungible_store::withdraw(alice, metadata(), 25));
        fungible_asset::remove_store(&object::generate_delete_ref(constructor_ref));
    }

    #[test(framework = @aptos_framework)]
    fun capabilities_mint_and_burn(framework: &signer) {
        let (burn_cap, mint_cap) = aptos_coin::initialize_for_test(framework);
        coin::deposit(@0xa11ce, coin::mint(50, &mint_cap));
        assert_balance(@0xa11ce, 50);
        coin::burn_from(@0xa11ce, 20, &burn_cap);
        assert_balance(@0xa11ce, 30);
        coin::burn(coin::mint(5, &mint_cap), &burn_cap);
        let (ref, receipt) = coin::get_paired_mint_ref(&mint_cap);
        primary_fungible_store::mint(&ref, @0xa11ce, 4);
        coin::return_paired_mint_ref(ref, receipt);
        assert_balance(@0xa11ce, 34);
        let ref = coin::convert_and_take_paired_burn_ref(burn_cap);
        primary_fungible_store::burn(&ref, @0xa11ce, 34);
        assert_balance(@0xa11ce, 0);
        assert!(native_coin::balance(native_coin::vault()) == 0);
        coin::destroy_mint_cap(mint_cap);
    }

    #[test(framework = @aptos_framework, alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x10006, location = aptos_framework::coin)]
    fun nobody_transfers_more_than_he_has(framework: &signer, alice: &signer) {
        set_up(framework);
        coin::transfer<NativeCoin>(alice, @0xb0b, 101);
    }

    #[test(framework = @aptos_framework, alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x10006, location = aptos_framework::coin)]
    fun nobody_withdraws_more_than_he_has(framework: &signer, alice: &signer) {
        set_up(framework);
        coin::deposit(@0xb0b, coin::withdraw<NativeCoin>(alice, 101));
    }

    #[test(framework = @aptos_framework, alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x10004, location = aptos_framework::fungible_asset)]
    fun no_store_gives_more_than_it_has(framework: &signer, alice: &signer) {
        set_up(framework);
        primary_fungible_store::transfer(alice, metadata(), @0xb0b, 101);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10006, location = aptos_framework::coin)]
    fun no_more_is_burnt_than_there_is(framework: &signer) {
        let (burn_cap, mint_cap) = aptos_coin::initialize_for_test(framework);
        coin::destroy_mint_cap(mint_cap);
        coin::burn_from(@0xa11ce, 1, &burn_cap);
        coin::destroy_burn_cap(burn_cap);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0xd001e, location = aptos_framework::coin)]
    fun nobody_freezes_eth(framework: &signer) {
        let (burn_cap, freeze_cap, mint_cap) = coin::initialize<NativeCoin>(
            framework, string::utf8(b"Ether"), string::utf8(b"ETH"), 8, false
        );
        coin::freeze_coin_store(@0xa11ce, &freeze_cap);
        coin::destroy_burn_cap(burn_cap);
        coin::destroy_freeze_cap(freeze_cap);
        coin::destroy_mint_cap(mint_cap);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x3001c, location = aptos_framework::coin)]
    fun genesis_pairs_eth(framework: &signer) {
        let (burn_cap, mint_cap) = aptos_coin::initialize(framework);
        coin::destroy_burn_cap(burn_cap);
        primary_fungible_store::deposit(@0xcafe, coin::coin_to_fungible_asset(coin::mint(1, &mint_cap)));
        coin::destroy_mint_cap(mint_cap);
    }

    #[test]
    #[expected_failure(abort_code = 0x5001f, location = aptos_framework::fungible_asset)]
    fun eth_has_no_functions_of_its_own() {
        let constructor_ref = &object::create_sticky_object_at_address(@aptos_framework, @aptos_fungible_asset);
        fungible_asset::add_fungibility(
            constructor_ref,
            option::none(),
            string::utf8(b"Ether"),
            string::utf8(b"ETH"),
            8,
            string::utf8(b""),
            string::utf8(b"")
        );
        dispatchable_fungible_asset::register_dispatch_functions(
            constructor_ref, option::none(), option::none(), option::none()
        );
    }

    /// The three accounts of the mix, two of which have no Move account at first.
    const ACCOUNTS: vector<address> = vector[@0xa11ce, @0xb0b, @0xcafe];

    #[test(framework = @aptos_framework, alice = @0xa11ce, bob = @0xb0b, carol = @0xcafe)]
    fun a_mix_of_all_ways_conserves_eth(framework: &signer, alice: &signer, bob: &signer, carol: &signer) {
        set_up(framework);
        native_coin::set_balance(@0xb0b, 50);
        let store = fungible_asset::create_test_store(alice, metadata());
        let seed = 12345u64;
        for (round in 0..300) {
            seed = (seed * 1103515245 + 12345) % 2147483648;
            let from = (seed / 7) % 3;
            let to = ACCOUNTS[(seed / 31) % 3];
            let amount = (seed / 101) % (native_coin::balance(ACCOUNTS[from]) + 1);
            let signer = if (from == 0) alice else if (from == 1) bob else carol;
            let way = (seed / 1009) % 7;
            if (way == 0) {
                coin::transfer<NativeCoin>(signer, to, amount);
            } else if (way == 1) {
                coin::deposit(to, coin::withdraw<NativeCoin>(signer, amount));
            } else if (way == 2) {
                primary_fungible_store::transfer(signer, metadata(), to, amount);
            } else if (way == 3) {
                let fa = coin::coin_to_fungible_asset(coin::withdraw<NativeCoin>(signer, amount));
                primary_fungible_store::deposit(to, fa);
            } else if (way == 4) {
                fungible_asset::deposit(store, primary_fungible_store::withdraw(signer, metadata(), amount));
            } else if (way == 5) {
                let fa = fungible_asset::withdraw(alice, store, fungible_asset::balance(store) / 2);
                primary_fungible_store::deposit(to, fa);
            } else {
                let coin = coin::withdraw<NativeCoin>(signer, amount);
                let part = coin::extract(&mut coin, amount / 3);
                coin::deposit(to, coin);
                coin::force_deposit(ACCOUNTS[from], part);
            };
            let total = fungible_asset::balance(store);
            for (i in 0..3) total += native_coin::balance(ACCOUNTS[i]);
            assert!(total == 150 && native_coin::balance(native_coin::vault()) == 0);
        };
        for (i in 0..3) {
            let balance = native_coin::balance(ACCOUNTS[i]);
            assert_balance(ACCOUNTS[i], balance);
        };
    }
}
