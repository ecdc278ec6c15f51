#[test_only]
/// Coins of a user's type, in coin stores and as fungible assets.
module aptos_framework::coin_tests {
    use std::option;
    use std::string;
    use aptos_framework::account;
    use aptos_framework::coin::{Self, BurnCapability, CoinDeposit, CoinStoreDeletion, CoinWithdraw, FreezeCapability,
        MintCapability};
    use aptos_framework::event;
    use aptos_framework::fungible_asset;
    use aptos_framework::object;
    use aptos_framework::primary_fungible_store;
    use aptos_std::type_info;

    struct Gold {}

    struct Silver {}

    /// Keeps the capabilities of a test.
    struct Caps<phantom T> has key {
        burn: BurnCapability<T>,
        freeze: FreezeCapability<T>,
        mint: MintCapability<T>,
    }

    fun initialize<T>(framework: &signer, monitor_supply: bool) {
        let (burn, freeze, mint) =
            coin::initialize<T>(framework, string::utf8(b"Gold"), string::utf8(b"AU"), 3, monitor_supply);
        move_to(framework, Caps { burn, freeze, mint });
    }

    fun new_account(account: address): signer {
        account::create_account_for_test(account)
    }

    /// Gold, of which 0xa11ce has 100 and 0xb0b nothing.
    fun set_up(framework: &signer): (signer, signer) {
        account::create_account_for_test(@aptos_framework);
        initialize<Gold>(framework, true);
        let (alice, bob) = (new_account(@0xa11ce), new_account(@0xb0b));
        coin::register<Gold>(&alice);
        coin::register<Gold>(&bob);
        coin::deposit(@0xa11ce, coin::mint(100, &Caps<Gold>[@aptos_framework].mint));
        (alice, bob)
    }

    fun set_up_pair(framework: &signer): (signer, signer) {
        let (alice, bob) = set_up(framework);
        coin::create_coin_conversion_map(framework);
        coin::create_pairing<Gold>(framework);
        (alice, bob)
    }

    #[test(framework = @aptos_framework)]
    fun coins_are_minted_moved_and_burnt(framework: &signer) {
        let (alice, _) = set_up(framework);
        coin::transfer<Gold>(&alice, @0xb0b, 30);
        coin::burn(coin::withdraw<Gold>(&alice, 20), &Caps<Gold>[@aptos_framework].burn);
        assert!(coin::balance<Gold>(@0xa11ce) == 50 && coin::balance<Gold>(@0xb0b) == 30);
        assert!(coin::supply<Gold>() == option::some(80));
        assert!(coin::is_balance_at_least<Gold>(@0xb0b, 30) && !coin::is_balance_at_least<Gold>(@0xb0b, 31));
        assert!(coin::balance<Gold>(@0xcafe) == 0);
    }

    #[test(framework = @aptos_framework)]
    fun coins_have_a_name(framework: &signer) {
        assert!(!coin::is_coin_initialized<Gold>());
        initialize<Gold>(framework, true);
        assert!(coin::is_coin_initialized<Gold>());
        assert!(coin::name<Gold>() == string::utf8(b"Gold") && coin::symbol<Gold>() == string::utf8(b"AU"));
        assert!(coin::decimals<Gold>() == 3);
        assert!(coin::supply<Gold>() == option::some(0) && coin::coin_supply<Gold>() == option::some(0));
    }

    #[test(framework = @aptos_framework)]
    fun the_supply_need_not_be_counted(framework: &signer) {
        initialize<Gold>(framework, false);
        let caps = &Caps<Gold>[@aptos_framework];
        let coin = coin::mint(9, &caps.mint);
        assert!(coin::supply<Gold>() == option::none());
        coin::burn(coin, &caps.burn);
    }

    #[test(framework = @aptos_framework)]
    fun coins_are_split_and_merged(framework: &signer) {
        initialize<Gold>(framework, true);
        let caps = &Caps<Gold>[@aptos_framework];
        let coin = coin::mint(9, &caps.mint);
        let part = coin::extract(&mut coin, 4);
        assert!(coin::value(&coin) == 5 && coin::value(&part) == 4);
        let rest = coin::extract_all(&mut coin);
        coin::destroy_zero(coin);
        coin::merge(&mut part, rest);
        assert!(coin::value(&part) == 9);
        coin::burn(part, &caps.burn);
        coin::destroy_zero(coin::zero<Gold>());
    }

    #[test(framework = @aptos_framework)]
    fun events_tell_of_both_sides(framework: &signer) {
        let (alice, _) = set_up(framework);
        coin::transfer<Gold>(&alice, @0xb0b, 30);
        assert!(event::emitted_events<CoinWithdraw>().length() == 1);
        assert!(event::emitted_events<CoinDeposit>().length() == 2);
    }

    #[test(framework = @aptos_framework)]
    fun registering_twice_changes_nothing(framework: &signer) {
        let (alice, _) = set_up(framework);
        coin::register<Gold>(&alice);
        assert!(coin::balance<Gold>(@0xa11ce) == 100);
        assert!(coin::is_account_registered<Gold>(@0xa11ce) && !coin::is_account_registered<Gold>(@0xcafe));
    }

    #[test(framework = @aptos_framework)]
    fun frozen_coins_can_only_be_burnt(framework: &signer) {
        set_up(framework);
        let caps = &Caps<Gold>[@aptos_framework];
        coin::freeze_coin_store(@0xa11ce, &caps.freeze);
        assert!(coin::is_coin_store_frozen<Gold>(@0xa11ce) && !coin::is_coin_store_frozen<Gold>(@0xb0b));
        assert!(coin::is_coin_store_frozen<Gold>(@0xcafe));
        coin::burn_from(@0xa11ce, 60, &caps.burn);
        coin::burn_from(@0xa11ce, 0, &caps.burn);
        coin::unfreeze_coin_store(@0xa11ce, &caps.freeze);
        assert!(!coin::is_coin_store_frozen<Gold>(@0xa11ce));
        assert!(coin::balance<Gold>(@0xa11ce) == 40 && coin::supply<Gold>() == option::some(40));
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x5000a, location = aptos_framework::coin)]
    fun frozen_coins_are_not_spent(framework: &signer) {
        let (alice, _) = set_up(framework);
        coin::freeze_coin_store(@0xa11ce, &Caps<Gold>[@aptos_framework].freeze);
        coin::transfer<Gold>(&alice, @0xb0b, 1);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x5000a, location = aptos_framework::coin)]
    fun frozen_stores_receive_nothing(framework: &signer) {
        let (alice, _) = set_up(framework);
        coin::freeze_coin_store(@0xb0b, &Caps<Gold>[@aptos_framework].freeze);
        coin::transfer<Gold>(&alice, @0xb0b, 1);
    }

    #[test(framework = @aptos_framework)]
    fun forced_deposits_ignore_the_freeze(framework: &signer) {
        set_up(framework);
        let caps = &Caps<Gold>[@aptos_framework];
        coin::freeze_coin_store(@0xb0b, &caps.freeze);
        coin::force_deposit(@0xb0b, coin::mint(2, &caps.mint));
        assert!(coin::balance<Gold>(@0xb0b) == 2);
    }

    #[test(other = @0xcafe)]
    #[expected_failure(abort_code = 0x10001, location = aptos_framework::coin)]
    fun only_the_declaring_account_initializes(other: &signer) {
        initialize<Gold>(other, true);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x80002, location = aptos_framework::coin)]
    fun a_coin_is_initialized_once(framework: &signer) {
        initialize<Gold>(framework, true);
        initialize<Gold>(framework, true);
    }

    fun initialize_named(framework: &signer, name: vector<u8>, symbol: vector<u8>, decimals: u8) {
        let (burn, freeze, mint) =
            coin::initialize<Gold>(framework, string::utf8(name), string::utf8(symbol), decimals, true);
        move_to(framework, Caps { burn, freeze, mint });
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x1000c, location = aptos_framework::coin)]
    fun names_have_a_limit(framework: &signer) {
        initialize_named(framework, b"123456789 123456789 123456789 123", b"AU", 0);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x1000d, location = aptos_framework::coin)]
    fun symbols_have_a_limit(framework: &signer) {
        initialize_named(framework, b"Gold", b"123456789 123456789 123456789 123", 0);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x1001d, location = aptos_framework::coin)]
    fun decimals_have_a_limit(framework: &signer) {
        initialize_named(framework, b"Gold", b"AU", 33);
    }

    #[test(user = @0xcafe)]
    #[expected_failure(abort_code = 0x10003, location = aptos_framework::coin)]
    fun what_is_no_coin_cannot_be_registered(user: &signer) {
        coin::register<Gold>(user);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x60005, location = aptos_framework::coin)]
    fun accounts_register_before_they_receive(framework: &signer) {
        let (alice, _) = set_up(framework);
        coin::transfer<Gold>(&alice, @0xcafe, 1);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10006, location = aptos_framework::coin)]
    fun nobody_spends_more_than_he_has(framework: &signer) {
        let (alice, _) = set_up(framework);
        coin::transfer<Gold>(&alice, @0xb0b, 101);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10006, location = aptos_framework::coin)]
    fun no_more_is_split_off_than_there_is(framework: &signer) {
        let (alice, _) = set_up(framework);
        let coin = coin::withdraw<Gold>(&alice, 10);
        coin::deposit(@0xb0b, coin::extract(&mut coin, 11));
        coin::deposit(@0xb0b, coin);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10007, location = aptos_framework::coin)]
    fun coins_are_not_thrown_away(framework: &signer) {
        let (alice, _) = set_up(framework);
        coin::destroy_zero(coin::withdraw<Gold>(&alice, 1));
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10006, location = aptos_framework::coin)]
    fun no_more_is_burnt_than_there_is(framework: &signer) {
        set_up(framework);
        coin::burn_from(@0xa11ce, 101, &Caps<Gold>[@aptos_framework].burn);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x3000b, location = aptos_framework::coin)]
    fun supplies_are_not_upgraded(framework: &signer) {
        coin::upgrade_supply<Gold>(framework);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x3000b, location = aptos_framework::coin)]
    fun supply_upgrades_are_not_allowed(framework: &signer) {
        coin::initialize_supply_config(framework);
        coin::allow_supply_upgrades(framework, true);
    }

    #[test(framework = @aptos_framework)]
    fun a_coin_becomes_its_fungible_asset(framework: &signer) {
        let (alice, _) = set_up(framework);
        coin::create_coin_conversion_map(framework);
        assert!(coin::paired_metadata<Gold>() == option::none());
        let fa = coin::coin_to_fungible_asset(coin::withdraw<Gold>(&alice, 40));
        let metadata = fungible_asset::metadata_from_asset(&fa);
        assert!(fungible_asset::amount(&fa) == 40);
        assert!(coin::paired_metadata<Gold>() == option::some(metadata));
        assert!(coin::paired_coin(metadata) == option::some(type_info::type_of<Gold>()));
        assert!(fungible_asset::name(metadata) == string::utf8(b"Gold"));
        assert!(fungible_asset::symbol(metadata) == string::utf8(b"AU"));
        assert!(fungible_asset::decimals(metadata) == 3);
        assert!(
            object::object_address(&metadata)
                == object::create_object_address(&@aptos_fungible_asset, *type_info::type_name<Gold>().bytes())
        );
        assert!(coin::coin_supply<Gold>() == option::some(60) && coin::supply<Gold>() == option::some(100));
        primary_fungible_store::deposit(@0xa11ce, fa);
        assert!(coin::balance<Gold>(@0xa11ce) == 100);
        assert!(primary_fungible_store::balance(@0xa11ce, metadata) == 40);
        assert!(coin::is_balance_at_least<Gold>(@0xa11ce, 100) && !coin::is_balance_at_least<Gold>(@0xa11ce, 101));
    }

    #[test(framework = @aptos_framework)]
    fun both_kinds_pay_together(framework: &signer) {
        let (alice, _) = set_up_pair(framework);
        let fa = coin::coin_to_fungible_asset(coin::withdraw<Gold>(&alice, 40));
        primary_fungible_store::deposit(@0xa11ce, fa);
        coin::transfer<Gold>(&alice, @0xb0b, 75);
        assert!(coin::balance<Gold>(@0xa11ce) == 25 && coin::balance<Gold>(@0xb0b) == 75);
        coin::burn_from(@0xa11ce, 25, &Caps<Gold>[@aptos_framework].burn);
        assert!(coin::supply<Gold>() == option::some(75));
        let fa = coin::coin_to_fungible_asset(coin::mint(6, &Caps<Gold>[@aptos_framework].mint));
        primary_fungible_store::deposit(@0xa11ce, fa);
        coin::burn_from(@0xa11ce, 5, &Caps<Gold>[@aptos_framework].burn);
        assert!(coin::balance<Gold>(@0xa11ce) == 1 && coin::supply<Gold>() == option::some(76));
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10004, location = aptos_framework::fungible_asset)]
    fun both_kinds_can_be_too_little(framework: &signer) {
        let (alice, _) = set_up_pair(framework);
        let fa = coin::coin_to_fungible_asset(coin::withdraw<Gold>(&alice, 40));
        primary_fungible_store::deposit(@0xa11ce, fa);
        coin::transfer<Gold>(&alice, @0xb0b, 101);
    }

    #[test(framework = @aptos_framework)]
    fun stores_migrate(framework: &signer) {
        let (alice, bob) = set_up_pair(framework);
        coin::migrate_to_fungible_store<Gold>(&alice);
        coin::migrate_to_fungible_store<Gold>(&alice);
        let metadata = option::destroy_some(coin::paired_metadata<Gold>());
        assert!(event::emitted_events<CoinStoreDeletion>().length() == 1);
        assert!(primary_fungible_store::balance(@0xa11ce, metadata) == 100);
        assert!(coin::balance<Gold>(@0xa11ce) == 100 && coin::is_account_registered<Gold>(@0xa11ce));
        assert!(!coin::is_coin_store_frozen<Gold>(@0xa11ce));
        coin::transfer<Gold>(&alice, @0xb0b, 10);
        coin::transfer<Gold>(&bob, @0xa11ce, 4);
        assert!(primary_fungible_store::balance(@0xa11ce, metadata) == 94 && coin::balance<Gold>(@0xb0b) == 6);
        coin::force_deposit(@0xa11ce, coin::mint(1, &Caps<Gold>[@aptos_framework].mint));
        assert!(coin::balance<Gold>(@0xa11ce) == 95);
    }

    #[test(framework = @aptos_framework)]
    fun an_account_without_coins_migrates(framework: &signer) {
        let (alice, _) = set_up_pair(framework);
        let carol = new_account(@0xca401);
        coin::migrate_to_fungible_store<Gold>(&carol);
        coin::transfer<Gold>(&alice, @0xca401, 5);
        assert!(coin::balance<Gold>(@0xca401) == 5);
    }

    #[test(framework = @aptos_framework)]
    fun a_frozen_store_migrates_frozen(framework: &signer) {
        let (alice, _) = set_up_pair(framework);
        coin::freeze_coin_store(@0xa11ce, &Caps<Gold>[@aptos_framework].freeze);
        coin::migrate_to_fungible_store<Gold>(&alice);
        let metadata = option::destroy_some(coin::paired_metadata<Gold>());
        assert!(primary_fungible_store::is_frozen(@0xa11ce, metadata));
        assert!(coin::is_coin_store_frozen<Gold>(@0xa11ce) && coin::balance<Gold>(@0xa11ce) == 100);
    }

    #[test(framework = @aptos_framework)]
    fun a_frozen_fungible_store_stays_frozen(framework: &signer) {
        let (alice, _) = set_up_pair(framework);
        let (ref, receipt) = coin::get_paired_transfer_ref(&Caps<Gold>[@aptos_framework].freeze);
        primary_fungible_store::set_frozen_flag(&ref, @0xa11ce, true);
        coin::return_paired_transfer_ref(ref, receipt);
        coin::migrate_to_fungible_store<Gold>(&alice);
        assert!(coin::is_coin_store_frozen<Gold>(@0xa11ce) && coin::balance<Gold>(@0xa11ce) == 100);
    }

    #[test(framework = @aptos_framework)]
    fun accounts_can_keep_all_coins_as_assets(framework: &signer) {
        let (alice, _) = set_up_pair(framework);
        let metadata = option::destroy_some(coin::paired_metadata<Gold>());
        assert!(coin::is_account_registered<Gold>(@0xcafe) && !coin::is_coin_store_frozen<Gold>(@0xcafe));
        coin::transfer<Gold>(&alice, @0xcafe, 10);
        assert!(primary_fungible_store::balance(@0xcafe, metadata) == 10 && coin::balance<Gold>(@0xcafe) == 10);
        coin::migrate_coin_store_to_fungible_store<Gold>(vector[@0xa11ce, @0xb0b]);
        assert!(primary_fungible_store::balance(@0xa11ce, metadata) == 90);
        initialize<Silver>(framework, true);
        coin::deposit(@0xcafe, coin::mint(3, &Caps<Silver>[@aptos_framework].mint));
        assert!(coin::balance<Silver>(@0xcafe) == 3 && coin::paired_metadata<Silver>().is_some());
    }

    #[test(framework = @aptos_framework)]
    /// Where coins have pairs, `register` makes no coin store, and what is deposited is a fungible asset at once.
    fun coins_are_received_as_assets(framework: &signer) {
        let (_, _) = set_up_pair(framework);
        let carol = account::create_account_for_test(@0xca401);
        initialize<Silver>(framework, true);
        coin::register<Silver>(&carol);
        coin::deposit_with_signer(&carol, coin::mint(100, &Caps<Silver>[@aptos_framework].mint));
        let coins = coin::withdraw<Silver>(&carol, 10);
        let metadata = option::destroy_some(coin::paired_metadata<Silver>());
        assert!(primary_fungible_store::balance(@0xca401, metadata) == 90);
        let asset = coin::coin_to_fungible_asset(coins);
        assert!(fungible_asset::supply(metadata) == option::some(100));
        assert!(coin::coin_supply<Silver>() == option::some(0) && coin::supply<Silver>() == option::some(100));
        primary_fungible_store::deposit(@0xca401, asset);
        assert!(coin::balance<Silver>(@0xca401) == 100);
    }

    #[test_only]
    /// An account whose only coins are a fungible asset, and frozen.
    fun frozen_asset(framework: &signer): signer {
        set_up_pair(framework);
        coin::deposit(@0xca401, coin::mint(100, &Caps<Gold>[@aptos_framework].mint));
        assert!(!coin::is_coin_store_frozen<Gold>(@0xca401));
        coin::freeze_coin_store(@0xca401, &Caps<Gold>[@aptos_framework].freeze);
        assert!(coin::is_coin_store_frozen<Gold>(@0xca401));
        account::create_signer_for_test(@0xca401)
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x5000a, location = aptos_framework::coin)]
    fun frozen_assets_receive_no_coins(framework: &signer) {
        frozen_asset(framework);
        coin::deposit(@0xca401, coin::mint(1, &Caps<Gold>[@aptos_framework].mint));
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x5000a, location = aptos_framework::coin)]
    fun frozen_assets_give_no_coins(framework: &signer) {
        let carol = frozen_asset(framework);
        coin::transfer<Gold>(&carol, @0xb0b, 1);
    }

    #[test(framework = @aptos_framework)]
    fun frozen_assets_can_be_freed(framework: &signer) {
        let carol = frozen_asset(framework);
        coin::unfreeze_coin_store(@0xca401, &Caps<Gold>[@aptos_framework].freeze);
        coin::transfer<Gold>(&carol, @0xb0b, 1);
        assert!(coin::balance<Gold>(@0xca401) == 99);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0xd001a, location = aptos_framework::coin)]
    fun nobody_is_migrated_where_there_are_no_pairs(framework: &signer) {
        set_up(framework);
        coin::migrate_coin_store_to_fungible_store<Gold>(vector[@0xa11ce]);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x6001b, location = aptos_framework::coin)]
    fun pairs_need_the_map(framework: &signer) {
        let (alice, _) = set_up(framework);
        coin::migrate_to_fungible_store<Gold>(&alice);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10003, location = aptos_framework::coin)]
    fun what_is_no_coin_has_no_pair(framework: &signer) {
        coin::create_coin_conversion_map(framework);
        coin::create_pairing<Silver>(framework);
    }

    #[test(user = @0xcafe)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::system_addresses)]
    fun users_do_not_create_the_map(user: &signer) {
        coin::create_coin_conversion_map(user);
    }

    #[test(framework = @aptos_framework)]
    fun refs_are_lent(framework: &signer) {
        set_up_pair(framework);
        let caps = &Caps<Gold>[@aptos_framework];
        let metadata = option::destroy_some(coin::paired_metadata<Gold>());
        let (mint_ref, mint_receipt) = coin::get_paired_mint_ref(&caps.mint);
        let (burn_ref, burn_receipt) = coin::get_paired_burn_ref(&caps.burn);
        let (transfer_ref, transfer_receipt) = coin::get_paired_transfer_ref(&caps.freeze);
        assert!(!coin::paired_mint_ref_exists<Gold>() && !coin::paired_burn_ref_exists<Gold>());
        assert!(!coin::paired_transfer_ref_exists<Gold>());
        primary_fungible_store::mint(&mint_ref, @0xa11ce, 7);
        primary_fungible_store::burn(&burn_ref, @0xa11ce, 2);
        primary_fungible_store::transfer_with_ref(&transfer_ref, @0xa11ce, @0xb0b, 1);
        assert!(primary_fungible_store::balance(@0xa11ce, metadata) == 4);
        assert!(coin::supply<Gold>() == option::some(105));
        coin::return_paired_mint_ref(mint_ref, mint_receipt);
        coin::return_paired_burn_ref(burn_ref, burn_receipt);
        coin::return_paired_transfer_ref(transfer_ref, transfer_receipt);
        assert!(coin::paired_mint_ref_exists<Gold>() && coin::paired_burn_ref_exists<Gold>());
        assert!(coin::paired_transfer_ref_exists<Gold>());
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x60015, location = aptos_framework::coin)]
    fun a_mint_ref_is_lent_once(framework: &signer) {
        set_up_pair(framework);
        let caps = &Caps<Gold>[@aptos_framework];
        let (ref, receipt) = coin::get_paired_mint_ref(&caps.mint);
        let (again, receipt_of_it) = coin::get_paired_mint_ref(&caps.mint);
        coin::return_paired_mint_ref(ref, receipt);
        coin::return_paired_mint_ref(again, receipt_of_it);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x60017, location = aptos_framework::coin)]
    fun a_transfer_ref_is_lent_once(framework: &signer) {
        set_up_pair(framework);
        let caps = &Caps<Gold>[@aptos_framework];
        let (ref, receipt) = coin::get_paired_transfer_ref(&caps.freeze);
        let (again, receipt_of_it) = coin::get_paired_transfer_ref(&caps.freeze);
        coin::return_paired_transfer_ref(ref, receipt);
        coin::return_paired_transfer_ref(again, receipt_of_it);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x60019, location = aptos_framework::coin)]
    fun a_burn_ref_can_be_taken_for_good(framework: &signer) {
        set_up_pair(framework);
        let Caps { burn, freeze, mint } = move_from<Caps<Gold>>(@aptos_framework);
        let fa = coin::coin_to_fungible_asset(coin::mint(1, &mint));
        fungible_asset::burn(&coin::convert_and_take_paired_burn_ref(burn), fa);
        let (ref, receipt) = coin::get_paired_burn_ref(&burn);
        coin::return_paired_burn_ref(ref, receipt);
        coin::destroy_burn_cap(burn);
        coin::destroy_freeze_cap(freeze);
        coin::destroy_mint_cap(mint);
    }

    /// Pairs Silver with an asset, too.
    fun set_up_two_pairs(framework: &signer) {
        set_up_pair(framework);
        initialize<Silver>(framework, true);
        coin::create_pairing<Silver>(framework);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10014, location = aptos_framework::coin)]
    fun another_mint_ref_is_not_returned(framework: &signer) {
        set_up_two_pairs(framework);
        let (gold, gold_receipt) = coin::get_paired_mint_ref(&Caps<Gold>[@aptos_framework].mint);
        let (silver, silver_receipt) = coin::get_paired_mint_ref(&Caps<Silver>[@aptos_framework].mint);
        coin::return_paired_mint_ref(gold, silver_receipt);
        coin::return_paired_mint_ref(silver, gold_receipt);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10016, location = aptos_framework::coin)]
    fun another_transfer_ref_is_not_returned(framework: &signer) {
        set_up_two_pairs(framework);
        let (gold, gold_receipt) = coin::get_paired_transfer_ref(&Caps<Gold>[@aptos_framework].freeze);
        let (silver, silver_receipt) = coin::get_paired_transfer_ref(&Caps<Silver>[@aptos_framework].freeze);
        coin::return_paired_transfer_ref(gold, silver_receipt);
        coin::return_paired_transfer_ref(silver, gold_receipt);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10018, location = aptos_framework::coin)]
    fun another_burn_ref_is_not_returned(framework: &signer) {
        set_up_two_pairs(framework);
        let (gold, gold_receipt) = coin::get_paired_burn_ref(&Caps<Gold>[@aptos_framework].burn);
        let (silver, silver_receipt) = coin::get_paired_burn_ref(&Caps<Silver>[@aptos_framework].burn);
        coin::return_paired_burn_ref(gold, silver_receipt);
        coin::return_paired_burn_ref(silver, gold_receipt);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x60010, location = aptos_framework::coin)]
    fun refs_need_a_pair(framework: &signer) {
        set_up(framework);
        coin::paired_mint_ref_exists<Gold>();
    }

    #[test(framework = @aptos_framework)]
    fun a_mix_of_coins_and_assets_conserves_the_supply(framework: &signer) {
        let (alice, bob) = set_up_pair(framework);
        let metadata = option::destroy_some(coin::paired_metadata<Gold>());
        let caps = &Caps<Gold>[@aptos_framework];
        let supply = 100;
        let seed = 54321u64;
        for (round in 0..300) {
            seed = (seed * 1103515245 + 12345) % 2147483648;
            let (signer, from, to) =
                if ((seed / 7) % 2 == 0) (&alice, @0xa11ce, @0xb0b) else (&bob, @0xb0b, @0xa11ce);
            let amount = (seed / 101) % (coin::balance<Gold>(from) + 1);
            let assets = primary_fungible_store::balance(from, metadata);
            let way = (seed / 1009) % 6;
            if (way == 0) {
                coin::transfer<Gold>(signer, to, amount);
            } else if (way == 1) {
                let fa = coin::coin_to_fungible_asset(coin::withdraw<Gold>(signer, amount));
                primary_fungible_store::deposit(to, fa);
            } else if (way == 2) {
                primary_fungible_store::transfer(signer, metadata, to, assets / 2);
            } else if (way == 3) {
                coin::burn_from(from, amount / 4, &caps.burn);
                supply -= amount / 4;
            } else if (way == 4) {
                coin::deposit(to, coin::mint(30, &caps.mint));
                supply += 30;
            } else if (round > 200) {
                coin::migrate_to_fungible_store<Gold>(signer);
            };
            assert!(coin::balance<Gold>(@0xa11ce) + coin::balance<Gold>(@0xb0b) == supply);
            assert!(coin::supply<Gold>() == option::some((supply as u128)));
        };
    }
}
