/// Coins whose creator keeps the capabilities under the creator's account, and mints and burns by entry functions.
module aptos_framework::managed_coin {
    use std::error;
    use std::signer;
    use std::string;
    use aptos_framework::coin::{Self, BurnCapability, FreezeCapability, MintCapability};

    /// The account has no capabilities of the coin
    const ENO_CAPABILITIES: u64 = 1;

    /// What the creator of the coin may do.
    struct Capabilities<phantom CoinType> has key {
        burn_cap: BurnCapability<CoinType>,
        freeze_cap: FreezeCapability<CoinType>,
        mint_cap: MintCapability<CoinType>,
    }

    /// Takes `amount` of the creator's own coins and burns them. Aborts with `ENO_CAPABILITIES` for anyone else.
    public entry fun burn<CoinType>(account: &signer, amount: u64) {
        let capabilities = &Capabilities<CoinType>[creator<CoinType>(account)];
        coin::burn(coin::withdraw<CoinType>(account, amount), &capabilities.burn_cap);
    }

    /// Declares the coin `CoinType` of a module of `account`, see `coin::initialize`, and keeps the capabilities.
    public entry fun initialize<CoinType>(
        account: &signer, name: vector<u8>, symbol: vector<u8>, decimals: u8, monitor_supply: bool
    ) {
        let (burn_cap, freeze_cap, mint_cap) = coin::initialize<CoinType>(
            account, string::utf8(name), string::utf8(symbol), decimals, monitor_supply
        );
        move_to(account, Capabilities<CoinType> { burn_cap, freeze_cap, mint_cap });
    }

    /// Mints `amount` and deposits it with `dst_addr`. Aborts with `ENO_CAPABILITIES` if `account` is not the creator.
    public entry fun mint<CoinType>(account: &signer, dst_addr: address, amount: u64) {
        let capabilities = &Capabilities<CoinType>[creator<CoinType>(account)];
        coin::deposit(dst_addr, coin::mint(amount, &capabilities.mint_cap));
    }

    /// Lets `account` hold the coin.
    public entry fun register<CoinType>(account: &signer) {
        coin::register<CoinType>(account);
    }

    /// Gives up all capabilities for good: nothing is minted, burnt or frozen afterwards.
    public entry fun destroy_caps<CoinType>(account: &signer) {
        let (burn_cap, freeze_cap, mint_cap) = remove_caps<CoinType>(account);
        coin::destroy_burn_cap(burn_cap);
        coin::destroy_freeze_cap(freeze_cap);
        coin::destroy_mint_cap(mint_cap);
    }

    /// Takes the capabilities out of the account. Aborts with `ENO_CAPABILITIES` if `account` has none.
    public fun remove_caps<CoinType>(
        account: &signer
    ): (BurnCapability<CoinType>, FreezeCapability<CoinType>, MintCapability<CoinType>) {
        let Capabilities { burn_cap, freeze_cap, mint_cap } =
            move_from<Capabilities<CoinType>>(creator<CoinType>(account));
        (burn_cap, freeze_cap, mint_cap)
    }

    /// The address of `account`, which has capabilities.
    fun creator<CoinType>(account: &signer): address {
        let creator = signer::address_of(account);
        assert!(exists<Capabilities<CoinType>>(creator), error::not_found(ENO_CAPABILITIES));
        creator
    }

    #[test_only]
    use aptos_framework::account;

    #[test_only]
    struct Gem {}

    #[test_only]
    fun set_up(creator: &signer, user: &signer) {
        account::create_account_for_test(signer::address_of(creator));
        account::create_account_for_test(signer::address_of(user));
        initialize<Gem>(creator, b"Gem", b"GEM", 6, true);
        register<Gem>(creator);
        register<Gem>(user);
    }

    #[test(creator = @aptos_framework, user = @0xcafe)]
    fun creators_mint_and_burn(creator: &signer, user: &signer) {
        set_up(creator, user);
        mint<Gem>(creator, @aptos_framework, 50);
        mint<Gem>(creator, @0xcafe, 10);
        coin::transfer<Gem>(creator, @0xcafe, 20);
        burn<Gem>(creator, 5);
        assert!(coin::balance<Gem>(@aptos_framework) == 25 && coin::balance<Gem>(@0xcafe) == 30);
        assert!(*std::option::borrow(&coin::supply<Gem>()) == 55);
        assert!(coin::name<Gem>() == string::utf8(b"Gem") && coin::decimals<Gem>() == 6);
    }

    #[test(creator = @aptos_framework, user = @0xcafe)]
    #[expected_failure(abort_code = 0x60001, location = Self)]
    fun others_do_not_mint(creator: &signer, user: &signer) {
        set_up(creator, user);
        mint<Gem>(user, @0xcafe, 1);
    }

    #[test(creator = @aptos_framework, user = @0xcafe)]
    #[expected_failure(abort_code = 0x60001, location = Self)]
    fun others_do_not_burn(creator: &signer, user: &signer) {
        set_up(creator, user);
        mint<Gem>(creator, @0xcafe, 1);
        burn<Gem>(user, 1);
    }

    #[test(creator = @aptos_framework, user = @0xcafe)]
    #[expected_failure(abort_code = 0x60001, location = Self)]
    fun destroyed_capabilities_are_gone(creator: &signer, user: &signer) {
        set_up(creator, user);
        destroy_caps<Gem>(creator);
        mint<Gem>(creator, @0xcafe, 1);
    }
}
