/// A market of two assets with a constant product and no fee. Its stores are objects of its own.
module hazards::pool {
    use std::signer;
    use aptos_framework::dispatchable_fungible_asset;
    use aptos_framework::fungible_asset::{Self, FungibleStore, Metadata};
    use aptos_framework::object::{Self, ExtendRef, Object};
    use aptos_framework::primary_fungible_store;

    struct Pool has key {
        left: Object<FungibleStore>,
        right: Object<FungibleStore>,
        extend: ExtendRef,
        swaps: u64
    }

    public entry fun create(
        owner: &signer, left: Object<Metadata>, right: Object<Metadata>, left_amount: u64, right_amount: u64
    ) {
        let constructor_ref = object::create_named_object(owner, b"pool");
        let pool = object::address_from_constructor_ref(&constructor_ref);
        let left_store = fungible_asset::create_store(&object::create_object(pool), left);
        let right_store = fungible_asset::create_store(&object::create_object(pool), right);
        dispatchable_fungible_asset::deposit(left_store, primary_fungible_store::withdraw(owner, left, left_amount));
        dispatchable_fungible_asset::deposit(right_store, primary_fungible_store::withdraw(owner, right, right_amount));
        move_to(
            &object::generate_signer(&constructor_ref),
            Pool { left: left_store, right: right_store, extend: object::generate_extend_ref(&constructor_ref), swaps: 0 }
        );
    }

    /// Gives `amount` of the left asset for some of the right one, which it returns.
    public entry fun sell(account: &signer, owner: address, amount: u64) acquires Pool {
        swap(account, owner, amount);
    }

    public fun swap(account: &signer, owner: address, amount: u64): u64 acquires Pool {
        let pool = &mut Pool[object::create_object_address(&owner, b"pool")];
        let left = (fungible_asset::balance(pool.left) as u128);
        let right = (fungible_asset::balance(pool.right) as u128);
        let bought = ((right * (amount as u128) / (left + (amount as u128))) as u64);
        pool.swaps += 1;
        let paid = primary_fungible_store::withdraw(account, fungible_asset::store_metadata(pool.left), amount);
        dispatchable_fungible_asset::deposit(pool.left, paid);
        let signer = &object::generate_signer_for_extending(&pool.extend);
        let got = dispatchable_fungible_asset::withdraw(signer, pool.right, bought);
        primary_fungible_store::deposit(signer::address_of(account), got);
        pool.swaps += 1;
        bought
    }

    #[view]
    public fun reserves(owner: address): (u64, u64, u64) acquires Pool {
        let pool = &Pool[object::create_object_address(&owner, b"pool")];
        (fungible_asset::balance(pool.left), fungible_asset::balance(pool.right), pool.swaps)
    }
}
