/// The name by which Aptos programs know the native coin. `AptosCoin` and `native_coin::NativeCoin` are one type
/// to the VM: their coins, stores and balances are the same. Minting is for tests and test networks.
module aptos_framework::aptos_coin {
    use std::error;
    use std::signer;
    use std::string;
    use aptos_framework::coin::{Self, BurnCapability, MintCapability};
    use aptos_framework::system_addresses;

    /// The account may not mint the native coin
    const ENO_CAPABILITIES: u64 = 1;

    /// The account has a mint capability to claim already
    const EALREADY_DELEGATED: u64 = 2;

    /// The account has no mint capability to claim
    const EDELEGATION_NOT_FOUND: u64 = 3;

    /// The native coin, ETH.
    struct AptosCoin has key {}

    /// Lets its owner mint, on networks whose genesis hands it out.
    struct MintCapStore has key {
        mint_cap: MintCapability<AptosCoin>,
    }

    /// Lets `to` claim a mint capability.
    struct DelegatedMintCapability has store {
        to: address,
    }

    /// The delegations that have not been claimed yet. Lives at the core resources' account.
    struct Delegations has key {
        inner: vector<DelegatedMintCapability>,
    }

    /// Declares the coin. Genesis calls this, and decides who gets the capabilities.
    public(package) fun initialize(
        aptos_framework: &signer
    ): (BurnCapability<AptosCoin>, MintCapability<AptosCoin>) {
        system_addresses::assert_aptos_framework(aptos_framework);
        let (burn_cap, freeze_cap, mint_cap) = coin::initialize<AptosCoin>(
            aptos_framework, string::utf8(b"Ether"), string::utf8(b"ETH"), 8, false
        );
        move_to(aptos_framework, MintCapStore { mint_cap });
        coin::destroy_freeze_cap(freeze_cap);
        (burn_cap, mint_cap)
    }

    /// Whether `account` can mint.
    public(package) fun has_mint_capability(account: &signer): bool {
        exists<MintCapStore>(signer::address_of(account))
    }

    /// Takes the framework's own right to mint away. Genesis calls this, except on test networks.
    public(package) fun destroy_mint_cap(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        let MintCapStore { mint_cap } = move_from<MintCapStore>(@aptos_framework);
        coin::destroy_mint_cap(mint_cap);
    }

    /// Gives the core resources' account of a test network the right to mint, and to delegate it.
    public(package) fun configure_accounts_for_test(
        aptos_framework: &signer, core_resources: &signer, mint_cap: MintCapability<AptosCoin>
    ) {
        system_addresses::assert_aptos_framework(aptos_framework);
        move_to(core_resources, MintCapStore { mint_cap });
        move_to(core_resources, Delegations { inner: vector[] });
    }

    /// Mints `amount` octas to `dst_addr`, on a test network. Aborts with `ENO_CAPABILITIES` if `account` may not.
    public entry fun mint(account: &signer, dst_addr: address, amount: u64) {
        let minter = signer::address_of(account);
        assert!(exists<MintCapStore>(minter), error::not_found(ENO_CAPABILITIES));
        coin::deposit(dst_addr, coin::mint(amount, &MintCapStore[minter].mint_cap));
    }

    /// Lets `to` claim a mint capability. Only the core resources' account may call this; aborts with
    /// `EALREADY_DELEGATED` if `to` has an unclaimed one.
    public entry fun delegate_mint_capability(account: signer, to: address) {
        system_addresses::assert_core_resource(&account);
        let (found, _) = find_delegation(to);
        assert!(!found, error::invalid_argument(EALREADY_DELEGATED));
        Delegations[@core_resources].inner.push_back(DelegatedMintCapability { to });
    }

    /// Claims the mint capability that was delegated to `account`. Aborts with `EDELEGATION_NOT_FOUND` if none was.
    public entry fun claim_mint_capability(account: &signer) {
        let (found, index) = find_delegation(signer::address_of(account));
        assert!(found, EDELEGATION_NOT_FOUND);
        let DelegatedMintCapability { to: _ } = Delegations[@core_resources].inner.swap_remove(index);
        let mint_cap = MintCapStore[@core_resources].mint_cap;
        move_to(account, MintCapStore { mint_cap });
    }

    fun find_delegation(to: address): (bool, u64) {
        let delegations = &Delegations[@core_resources].inner;
        for (i in 0..delegations.length()) {
            if (delegations[i].to == to) return (true, i)
        };
        (false, 0)
    }

    #[test_only]
    use aptos_framework::aggregator_factory;
    #[test_only]
    use aptos_framework::fungible_asset::FungibleAsset;
    #[test_only]
    use aptos_framework::native_coin::{Self, NativeCoin};

    #[test_only]
    /// Declares the coin and its fungible asset, and returns the capabilities.
    public fun initialize_for_test(
        aptos_framework: &signer
    ): (BurnCapability<AptosCoin>, MintCapability<AptosCoin>) {
        aggregator_factory::initialize_aggregator_factory_for_test(aptos_framework);
        initialize_for_test_without_aggregator_factory(aptos_framework)
    }

    #[test_only]
    /// The same, where the aggregator factory is there or not needed.
    public fun initialize_for_test_without_aggregator_factory(
        aptos_framework: &signer
    ): (BurnCapability<AptosCoin>, MintCapability<AptosCoin>) {
        let (burn_cap, mint_cap) = initialize(aptos_framework);
        coin::create_coin_conversion_map(aptos_framework);
        coin::create_pairing<AptosCoin>(aptos_framework);
        (burn_cap, mint_cap)
    }

    #[test_only]
    /// Declares the coin and its fungible asset unless that has been done.
    public fun ensure_initialized_with_apt_fa_metadata_for_test() {
        let aptos_framework = &aptos_framework::create_signer::create_signer(@aptos_framework);
        if (!coin::is_coin_initialized<AptosCoin>()) {
            let (burn_cap, mint_cap) = initialize(aptos_framework);
            coin::destroy_burn_cap(burn_cap);
            coin::destroy_mint_cap(mint_cap);
        };
        coin::create_coin_conversion_map(aptos_framework);
        coin::create_pairing<AptosCoin>(aptos_framework);
    }

    #[test_only]
    /// Mints ETH as a fungible asset.
    public fun mint_apt_fa_for_test(amount: u64): FungibleAsset {
        ensure_initialized_with_apt_fa_metadata_for_test();
        coin::coin_to_fungible_asset(coin::mint(amount, &MintCapStore[@aptos_framework].mint_cap))
    }

    #[test]
    fun tests_can_have_eth_without_a_set_up() {
        native_coin::set_balance(@0xcafe, 3);
        aptos_framework::primary_fungible_store::deposit(@0xcafe, mint_apt_fa_for_test(4));
        aptos_framework::primary_fungible_store::deposit(@0xcafe, mint_apt_fa_for_test(5));
        assert!(native_coin::balance(@0xcafe) == 12);
    }

    #[test(framework = @aptos_framework)]
    fun both_names_are_one_coin(framework: &signer) {
        let (burn_cap, mint_cap) = initialize_for_test(framework);
        mint(framework, @0xcafe, 100);
        assert!(coin::balance<AptosCoin>(@0xcafe) == 100);
        assert!(coin::balance<NativeCoin>(@0xcafe) == 100);
        assert!(native_coin::balance(@0xcafe) == 100);
        assert!(coin::symbol<NativeCoin>() == string::utf8(b"ETH"));
        assert!(coin::decimals<AptosCoin>() == 8);
        coin::destroy_burn_cap(burn_cap);
        coin::destroy_mint_cap(mint_cap);
    }

    #[test(framework = @aptos_framework, core = @core_resources, user = @0xcafe)]
    fun the_right_to_mint_can_be_delegated(framework: &signer, core: signer, user: &signer) {
        let (burn_cap, mint_cap) = initialize_for_test(framework);
        configure_accounts_for_test(framework, &core, mint_cap);
        delegate_mint_capability(core, @0xcafe);
        assert!(!has_mint_capability(user));
        claim_mint_capability(user);
        assert!(has_mint_capability(user));
        mint(user, @0xbeef, 7);
        assert!(native_coin::balance(@0xbeef) == 7);
        coin::destroy_burn_cap(burn_cap);
    }

    #[test(framework = @aptos_framework, core = @core_resources, user = @0xcafe)]
    #[expected_failure(abort_code = EDELEGATION_NOT_FOUND, location = Self)]
    fun only_delegates_can_claim(framework: &signer, core: &signer, user: &signer) {
        let (burn_cap, mint_cap) = initialize_for_test(framework);
        configure_accounts_for_test(framework, core, mint_cap);
        coin::destroy_burn_cap(burn_cap);
        claim_mint_capability(user);
    }

    #[test(framework = @aptos_framework, core = @core_resources, again = @core_resources)]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun a_delegation_is_made_once(framework: &signer, core: signer, again: signer) {
        let (burn_cap, mint_cap) = initialize_for_test(framework);
        configure_accounts_for_test(framework, &core, mint_cap);
        coin::destroy_burn_cap(burn_cap);
        delegate_mint_capability(core, @0xcafe);
        delegate_mint_capability(again, @0xcafe);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x60001, location = Self)]
    fun nobody_mints_once_the_right_is_destroyed(framework: &signer) {
        let (burn_cap, mint_cap) = initialize_for_test(framework);
        coin::destroy_burn_cap(burn_cap);
        coin::destroy_mint_cap(mint_cap);
        destroy_mint_cap(framework);
        mint(framework, @0xcafe, 1);
    }
}
