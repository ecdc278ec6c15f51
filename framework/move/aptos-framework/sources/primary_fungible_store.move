/// One store for each account and asset, at an address that follows from the two, so that an account can be paid
/// without doing anything first: the store is created when it is needed. Accounts own ETH without any store.
module aptos_framework::primary_fungible_store {
    use std::option::Option;
    use std::signer;
    use std::string::String;
    use aptos_framework::dispatchable_fungible_asset;
    use aptos_framework::fungible_asset::{
        Self, BurnRef, FungibleAsset, FungibleStore, Metadata, MintRef, TransferRef
    };
    use aptos_framework::native_coin;
    use aptos_framework::object::{Self, ConstructorRef, DeriveRef, Object};

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// On a metadata object: lets this module create stores at derived addresses.
    struct DeriveRefPod has key {
        metadata_derive_ref: DeriveRef,
    }

    /// Makes the object that is being created the metadata of a new asset, see `fungible_asset::add_fungibility`, of
    /// which all accounts have primary stores.
    public fun create_primary_store_enabled_fungible_asset(
        constructor_ref: &ConstructorRef,
        maximum_supply: Option<u128>,
        name: String,
        symbol: String,
        decimals: u8,
        icon_uri: String,
        project_uri: String
    ) {
        fungible_asset::add_fungibility(
            constructor_ref, maximum_supply, name, symbol, decimals, icon_uri, project_uri
        );
        move_to(
            &object::generate_signer(constructor_ref),
            DeriveRefPod { metadata_derive_ref: object::generate_derive_ref(constructor_ref) }
        );
    }

    /// The same for the asset of an ERC-20 contract, see `fungible_asset::add_fungibility_of_erc20`.
    public(package) fun create_asset_of_erc20(
        constructor_ref: &ConstructorRef, name: String, symbol: String, decimals: u8, contract: address, unit: u256
    ) {
        fungible_asset::add_fungibility_of_erc20(constructor_ref, name, symbol, decimals, contract, unit);
        move_to(
            &object::generate_signer(constructor_ref),
            DeriveRefPod { metadata_derive_ref: object::generate_derive_ref(constructor_ref) }
        );
    }

    /// Whether all accounts can have a primary store of the asset.
    public(package) fun is_enabled(metadata_addr: address): bool {
        exists<DeriveRefPod>(metadata_addr)
    }

    /// The primary store of `owner`, created if need be.
    public fun ensure_primary_store_exists<T: key>(
        owner: address, metadata: Object<T>
    ): Object<FungibleStore> {
        let store_addr = primary_store_address(owner, metadata);
        if (fungible_asset::store_exists(store_addr)) {
            object::address_to_object(store_addr)
        } else {
            create_primary_store(owner, metadata)
        }
    }

    /// Creates the primary store of `owner_addr`. Aborts if it exists.
    public fun create_primary_store<T: key>(
        owner_addr: address, metadata: Object<T>
    ): Object<FungibleStore> {
        let metadata_addr = object::object_address(&metadata);
        let metadata: Object<Metadata> = object::address_to_object(metadata_addr);
        let derive_ref = &DeriveRefPod[metadata_addr].metadata_derive_ref;
        let constructor_ref = &object::create_user_derived_object(owner_addr, derive_ref);
        // What the store's address says of its owner must stay true.
        object::disable_ungated_transfer(&object::generate_transfer_ref(constructor_ref));
        fungible_asset::create_primary_store(constructor_ref, owner_addr, metadata)
    }

    #[view]
    /// Where the primary store of `owner` is, or would be.
    public fun primary_store_address<T: key>(owner: address, metadata: Object<T>): address {
        object::create_user_derived_object_address(owner, object::object_address(&metadata))
    }

    #[view]
    /// The primary store of `owner`. Aborts if it has not been created.
    public fun primary_store<T: key>(owner: address, metadata: Object<T>): Object<FungibleStore> {
        object::address_to_object<FungibleStore>(primary_store_address(owner, metadata))
    }

    #[view]
    /// Whether the primary store of `account` has been created.
    public fun primary_store_exists<T: key>(account: address, metadata: Object<T>): bool {
        fungible_asset::store_exists(primary_store_address(account, metadata))
    }

    /// `primary_store_address` for functions that the framework dispatches to, which cannot call back into here.
    public inline fun primary_store_address_inlined<T: key>(owner: address, metadata: Object<T>): address {
        object::create_user_derived_object_address(owner, object::object_address(&metadata))
    }

    /// `primary_store` for functions that the framework dispatches to.
    public inline fun primary_store_inlined<T: key>(
        owner: address, metadata: Object<T>
    ): Object<FungibleStore> {
        object::address_to_object<FungibleStore>(primary_store_address_inlined(owner, metadata))
    }

    /// `primary_store_exists` for functions that the framework dispatches to.
    public inline fun primary_store_exists_inlined<T: key>(account: address, metadata: Object<T>): bool {
        fungible_asset::store_exists(primary_store_address_inlined(account, metadata))
    }

    #[view]
    /// How much of the asset the account has in its primary store.
    public fun balance<T: key>(account: address, metadata: Object<T>): u64 {
        if (is_native(metadata)) {
            native_coin::balance(account)
        } else if (primary_store_exists(account, metadata)) {
            fungible_asset::balance(primary_store(account, metadata))
        } else {
            fungible_asset::balance_without_store(account, object::object_address(&metadata))
        }
    }

    #[view]
    /// Whether the account has `amount` or more in its primary store.
    public fun is_balance_at_least<T: key>(account: address, metadata: Object<T>, amount: u64): bool {
        if (is_native(metadata)) {
            native_coin::balance(account) >= amount
        } else if (primary_store_exists(account, metadata)) {
            fungible_asset::is_balance_at_least(primary_store(account, metadata), amount)
        } else {
            fungible_asset::balance_without_store(account, object::object_address(&metadata)) >= amount
        }
    }

    #[view]
    /// Whether the primary store of the account is frozen. What does not exist is not.
    public fun is_frozen<T: key>(account: address, metadata: Object<T>): bool {
        primary_store_exists(account, metadata) && fungible_asset::is_frozen(primary_store(account, metadata))
    }

    /// Takes `amount` out of the signer's primary store.
    public fun withdraw<T: key>(owner: &signer, metadata: Object<T>, amount: u64): FungibleAsset {
        let store = funded_store(signer::address_of(owner), metadata);
        may_be_unburn(owner, store);
        dispatchable_fungible_asset::withdraw(owner, store, amount)
    }

    /// Puts `fa` into the primary store of `owner`.
    public fun deposit(owner: address, fa: FungibleAsset) {
        let store = ensure_primary_store_exists(owner, fungible_asset::asset_metadata(&fa));
        dispatchable_fungible_asset::deposit(store, fa);
    }

    /// The same even if the store is frozen, and without the asset's own function.
    public(package) fun force_deposit(owner: address, fa: FungibleAsset) {
        let store = ensure_primary_store_exists(owner, fungible_asset::asset_metadata(&fa));
        fungible_asset::unchecked_deposit(object::object_address(&store), fa);
    }

    /// Moves `amount` from the signer's primary store to the recipient's.
    public entry fun transfer<T: key>(
        sender: &signer, metadata: Object<T>, recipient: address, amount: u64
    ) {
        let from = ensure_primary_store_exists(signer::address_of(sender), metadata);
        may_be_unburn(sender, from);
        let to = ensure_primary_store_exists(recipient, metadata);
        dispatchable_fungible_asset::transfer(sender, from, to, amount);
    }

    /// The same. Aborts if less than `expected` arrives.
    public entry fun transfer_assert_minimum_deposit<T: key>(
        sender: &signer, metadata: Object<T>, recipient: address, amount: u64, expected: u64
    ) {
        let from = ensure_primary_store_exists(signer::address_of(sender), metadata);
        may_be_unburn(sender, from);
        let to = ensure_primary_store_exists(recipient, metadata);
        dispatchable_fungible_asset::transfer_assert_minimum_deposit(sender, from, to, amount, expected);
    }

    /// Creates `amount` in the primary store of `owner`.
    public fun mint(mint_ref: &MintRef, owner: address, amount: u64) {
        let store = ensure_primary_store_exists(owner, fungible_asset::mint_ref_metadata(mint_ref));
        fungible_asset::mint_to(mint_ref, store, amount);
    }

    /// Destroys `amount` in the primary store of `owner`.
    public fun burn(burn_ref: &BurnRef, owner: address, amount: u64) {
        let store = funded_store(owner, fungible_asset::burn_ref_metadata(burn_ref));
        fungible_asset::burn_from(burn_ref, store, amount);
    }

    /// Freezes the primary store of `owner`, or ends that.
    public fun set_frozen_flag(transfer_ref: &TransferRef, owner: address, frozen: bool) {
        let store = ensure_primary_store_exists(owner, fungible_asset::transfer_ref_metadata(transfer_ref));
        fungible_asset::set_frozen_flag(transfer_ref, store, frozen);
    }

    /// Takes `amount` out of the primary store of `owner`, frozen or not.
    public fun withdraw_with_ref(
        transfer_ref: &TransferRef, owner: address, amount: u64
    ): FungibleAsset {
        let store = funded_store(owner, fungible_asset::transfer_ref_metadata(transfer_ref));
        fungible_asset::withdraw_with_ref(transfer_ref, store, amount)
    }

    /// Puts `fa` into the primary store of `owner`, frozen or not.
    public fun deposit_with_ref(transfer_ref: &TransferRef, owner: address, fa: FungibleAsset) {
        let store = ensure_primary_store_exists(owner, fungible_asset::transfer_ref_metadata(transfer_ref));
        fungible_asset::deposit_with_ref(transfer_ref, store, fa);
    }

    /// Moves `amount` from one primary store to another, frozen or not.
    public fun transfer_with_ref(
        transfer_ref: &TransferRef, from: address, to: address, amount: u64
    ) {
        let metadata = fungible_asset::transfer_ref_metadata(transfer_ref);
        let from_store = funded_store(from, metadata);
        let to_store = ensure_primary_store_exists(to, metadata);
        fungible_asset::transfer_with_ref(transfer_ref, from_store, to_store, amount);
    }

    fun is_native<T: key>(metadata: Object<T>): bool {
        object::object_address(&metadata) == @aptos_fungible_asset
    }

    /// The primary store that a withdrawal is from: an account can own ETH, or an ERC-20, before its store exists.
    fun funded_store<T: key>(owner: address, metadata: Object<T>): Object<FungibleStore> {
        let store_addr = primary_store_address(owner, metadata);
        if (
            !fungible_asset::store_exists(store_addr)
                && fungible_asset::is_owned_without_store(object::object_address(&metadata))
        ) {
            create_primary_store(owner, metadata)
        } else {
            object::address_to_object(store_addr)
        }
    }

    /// Who uses a store that is marked as burnt wants it back.
    fun may_be_unburn(owner: &signer, store: Object<FungibleStore>) {
        if (object::is_burnt(store)) {
            object::unburn(owner, store);
        };
    }

    #[test_only]
    /// Makes the object the metadata of an asset with primary stores and a maximum of 100.
    public fun init_test_metadata_with_primary_store_enabled(
        constructor_ref: &ConstructorRef
    ): (MintRef, TransferRef, BurnRef) {
        create_primary_store_enabled_fungible_asset(
            constructor_ref,
            std::option::some(100),
            std::string::utf8(b"TEST COIN"),
            std::string::utf8(b"@T"),
            0,
            std::string::utf8(b"http://example.com/icon"),
            std::string::utf8(b"http://example.com")
        );
        (
            fungible_asset::generate_mint_ref(constructor_ref),
            fungible_asset::generate_transfer_ref(constructor_ref),
            fungible_asset::generate_burn_ref(constructor_ref)
        )
    }
}
