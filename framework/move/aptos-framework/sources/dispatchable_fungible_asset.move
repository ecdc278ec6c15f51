/// The way to move a fungible asset whose creator may have registered functions of his own for withdrawals,
/// deposits, balances and the supply: they run where there are any, and else the framework does it. Works for
/// all assets.
module aptos_framework::dispatchable_fungible_asset {
    use std::error;
    use std::option::{Self, Option};
    use aptos_framework::function_info::{Self, FunctionInfo};
    use aptos_framework::fungible_asset::{Self, FungibleAsset, TransferRef};
    use aptos_framework::object::{Self, ConstructorRef, Object};

    /// The asset has no functions of its own
    const ESTORE_NOT_FOUND: u64 = 1;
    /// Less was withdrawn or arrived than had to be
    const EAMOUNT_MISMATCH: u64 = 2;

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// On a metadata object: what its functions are given to move the asset with.
    struct TransferRefStore has key {
        transfer_ref: TransferRef,
    }

    /// Sets the functions of the asset that is being created. They must be public, and have the signatures
    /// `<T: key>(Object<T>, u64, &TransferRef): FungibleAsset` to withdraw, `<T: key>(Object<T>, FungibleAsset,
    /// &TransferRef)` to deposit, and `<T: key>(Object<T>): u64` for the balance.
    public fun register_dispatch_functions(
        constructor_ref: &ConstructorRef,
        withdraw_function: Option<FunctionInfo>,
        deposit_function: Option<FunctionInfo>,
        derived_balance_function: Option<FunctionInfo>
    ) {
        fungible_asset::register_dispatch_functions(
            constructor_ref, withdraw_function, deposit_function, derived_balance_function
        );
        move_to(
            &object::generate_signer(constructor_ref),
            TransferRefStore { transfer_ref: fungible_asset::generate_transfer_ref(constructor_ref) }
        );
    }

    /// Sets the function `<T: key>(Object<T>): Option<u128>` that says what the supply of the asset is.
    public fun register_derive_supply_dispatch_function(
        constructor_ref: &ConstructorRef, dispatch_function: Option<FunctionInfo>
    ) {
        fungible_asset::register_derive_supply_dispatch_function(constructor_ref, dispatch_function);
    }

    /// Takes `amount` out of a store that the signer owns. Aborts with `EAMOUNT_MISMATCH` if the asset's function takes
    /// less than `amount` out of the store.
    public fun withdraw<T: key>(owner: &signer, store: Object<T>, amount: u64): FungibleAsset {
        fungible_asset::withdraw_sanity_check(owner, store, false);
        let hook = fungible_asset::withdraw_dispatch_function(store);
        if (option::is_none(&hook)) {
            return fungible_asset::unchecked_withdraw(object::object_address(&store), amount)
        };
        let function = option::borrow(&hook);
        function_info::load_module_from_function(function);
        let before = fungible_asset::balance(store);
        let fa = dispatchable_withdraw(store, amount, transfer_ref(store), function);
        let after = fungible_asset::balance(store);
        assert!(amount <= before - after, error::aborted(EAMOUNT_MISMATCH));
        fa
    }

    /// Puts `fa` into the store.
    public fun deposit<T: key>(store: Object<T>, fa: FungibleAsset) {
        fungible_asset::deposit_sanity_check(store, false);
        let hook = fungible_asset::deposit_dispatch_function(store);
        if (option::is_none(&hook)) {
            fungible_asset::unchecked_deposit(object::object_address(&store), fa);
        } else {
            let function = option::borrow(&hook);
            function_info::load_module_from_function(function);
            dispatchable_deposit(store, fa, transfer_ref(store), function);
        }
    }

    /// Moves `amount` between stores; the signer owns `from`.
    public entry fun transfer<T: key>(sender: &signer, from: Object<T>, to: Object<T>, amount: u64) {
        if (
            fungible_asset::has_face(from)
                && option::is_none(&fungible_asset::withdraw_dispatch_function(from))
                && option::is_none(&fungible_asset::deposit_dispatch_function(to))
        ) {
            return fungible_asset::transfer(sender, from, to, amount)
        };
        let fa = withdraw(sender, from, amount);
        deposit(to, fa);
    }

    /// Moves `amount` between stores. Aborts with `EAMOUNT_MISMATCH` if less than `expected` arrives.
    public entry fun transfer_assert_minimum_deposit<T: key>(
        sender: &signer, from: Object<T>, to: Object<T>, amount: u64, expected: u64
    ) {
        let before = fungible_asset::balance(to);
        transfer(sender, from, to, amount);
        assert!(fungible_asset::balance(to) - before >= expected, error::aborted(EAMOUNT_MISMATCH));
    }

    #[view]
    /// What the store holds, as the asset's function has it.
    public fun derived_balance<T: key>(store: Object<T>): u64 {
        let hook = fungible_asset::derived_balance_dispatch_function(store);
        if (option::is_none(&hook)) {
            return fungible_asset::balance(store)
        };
        let function = option::borrow(&hook);
        function_info::load_module_from_function(function);
        dispatchable_derived_balance(store, function)
    }

    #[view]
    /// Whether the store holds `amount` or more, as the asset's function has it.
    public fun is_derived_balance_at_least<T: key>(store: Object<T>, amount: u64): bool {
        derived_balance(store) >= amount
    }

    #[view]
    /// How much of the asset there is, as its function has it.
    public fun derived_supply<T: key>(metadata: Object<T>): Option<u128> {
        let hook = fungible_asset::derived_supply_dispatch_function(metadata);
        if (option::is_none(&hook)) {
            return fungible_asset::supply(metadata)
        };
        let function = option::borrow(&hook);
        function_info::load_module_from_function(function);
        dispatchable_derived_supply(metadata, function)
    }

    inline fun transfer_ref<T: key>(store: Object<T>): &TransferRef {
        let metadata_addr = object::object_address(&fungible_asset::store_metadata(store));
        assert!(exists<TransferRefStore>(metadata_addr), error::not_found(ESTORE_NOT_FOUND));
        &TransferRefStore[metadata_addr].transfer_ref
    }

    native fun dispatchable_withdraw<T: key>(
        store: Object<T>, amount: u64, transfer_ref: &TransferRef, function: &FunctionInfo
    ): FungibleAsset;

    native fun dispatchable_deposit<T: key>(
        store: Object<T>, fa: FungibleAsset, transfer_ref: &TransferRef, function: &FunctionInfo
    );

    native fun dispatchable_derived_balance<T: key>(store: Object<T>, function: &FunctionInfo): u64;

    native fun dispatchable_derived_supply<T: key>(
        store: Object<T>, function: &FunctionInfo
    ): Option<u128>;
}
