#[test_only]
/// Functions of an asset: only even amounts leave a store, the creator gets a tenth of each deposit, the balance is
/// shown twice as large, and the supply is made up. They are in a module of their own because a function cannot be
/// dispatched to while its module is on the stack.
module aptos_framework::hooked_asset {
    use std::option::{Self, Option};
    use aptos_framework::dispatchable_fungible_asset;
    use aptos_framework::fungible_asset::{Self, FungibleAsset, TransferRef};
    use aptos_framework::object::Object;
    use aptos_framework::primary_fungible_store;

    const EONLY_EVEN: u64 = 77;

    public fun withdraw<T: key>(store: Object<T>, amount: u64, transfer_ref: &TransferRef): FungibleAsset {
        assert!(amount % 2 == 0, EONLY_EVEN);
        fungible_asset::withdraw_with_ref(transfer_ref, store, amount)
    }

    public fun withdraw_half<T: key>(store: Object<T>, amount: u64, transfer_ref: &TransferRef): FungibleAsset {
        fungible_asset::withdraw_with_ref(transfer_ref, store, amount / 2)
    }

    public fun deposit<T: key>(store: Object<T>, fa: FungibleAsset, transfer_ref: &TransferRef) {
        let fee = fungible_asset::amount(&fa) / 10;
        let fee = fungible_asset::extract(&mut fa, fee);
        fungible_asset::deposit_with_ref(transfer_ref, primary_fungible_store::primary_store_inlined(
            @0xcafe, fungible_asset::transfer_ref_metadata(transfer_ref)
        ), fee);
        fungible_asset::deposit_with_ref(transfer_ref, store, fa);
    }

    public fun derived_balance<T: key>(store: Object<T>): u64 {
        2 * fungible_asset::balance(store)
    }

    public fun derived_supply<T: key>(_metadata: Object<T>): Option<u128> {
        option::some(1234)
    }

    /// Comes back to the framework by the way that it was called.
    public fun deposit_again<T: key>(store: Object<T>, fa: FungibleAsset, _transfer_ref: &TransferRef) {
        dispatchable_fungible_asset::deposit(store, fa);
    }
}
