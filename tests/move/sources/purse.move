/// Every way in which ETH can be held and handed on in Move, with or without an accident after it.
module hazards::purse {
    use std::signer;
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::coin::{Self, Coin};
    use aptos_framework::event;
    use aptos_framework::fungible_asset::{Self, FungibleStore, Metadata};
    use aptos_framework::native_coin::NativeCoin;
    use aptos_framework::object::{Self, ExtendRef, Object};
    use aptos_framework::primary_fungible_store;

    const EACCIDENT: u64 = 7;
    const TILL: vector<u8> = b"till";

    /// Octas in a struct.
    struct Purse has key {
        coin: Coin<NativeCoin>,
    }

    /// Octas in a store that is an object.
    struct Till has key {
        store: Object<FungibleStore>,
        extend: ExtendRef,
    }

    #[event]
    struct Saved has drop, store {
        octas: u64,
    }

    fun eth(): Object<Metadata> {
        object::address_to_object(@0xa)
    }

    public entry fun save(owner: &signer, octas: u64) {
        let coin = coin::withdraw<NativeCoin>(owner, octas);
        let at = signer::address_of(owner);
        if (exists<Purse>(at)) {
            coin::merge(&mut Purse[at].coin, coin);
        } else {
            move_to(owner, Purse { coin });
        };
        event::emit(Saved { octas });
    }

    public entry fun spend(owner: &signer, to: address, octas: u64) {
        let coin = coin::extract(&mut Purse[signer::address_of(owner)].coin, octas);
        coin::deposit(to, coin);
    }

    public entry fun lock(owner: &signer, octas: u64) {
        let at = signer::address_of(owner);
        if (!exists<Till>(at)) {
            let constructor = &object::create_named_object(owner, TILL);
            let store = fungible_asset::create_store(constructor, eth());
            move_to(owner, Till { store, extend: object::generate_extend_ref(constructor) });
        };
        fungible_asset::deposit(Till[at].store, primary_fungible_store::withdraw(owner, eth(), octas));
    }

    public entry fun unlock(owner: &signer, to: address, octas: u64) {
        let till = &Till[signer::address_of(owner)];
        let holder = &object::generate_signer_for_extending(&till.extend);
        assert!(signer::address_of(holder) == object::object_address(&till.store), EACCIDENT);
        primary_fungible_store::deposit(to, fungible_asset::withdraw(owner, till.store, octas));
    }

    /// Half of the octas come back, after they were a coin, an asset, parts of it, and a coin once more.
    public entry fun juggle(owner: &signer, to: address, octas: u64) {
        let coin = coin::withdraw<AptosCoin>(owner, octas);
        let part = coin::extract(&mut coin, octas / 3);
        let asset = coin::coin_to_fungible_asset(part);
        fungible_asset::merge(&mut asset, coin::coin_to_fungible_asset(coin));
        let half = fungible_asset::extract(&mut asset, octas / 2);
        primary_fungible_store::deposit(to, asset);
        let nothing = fungible_asset::zero(eth());
        fungible_asset::merge(&mut half, nothing);
        primary_fungible_store::deposit(signer::address_of(owner), half);
        coin::destroy_zero(coin::zero<NativeCoin>());
    }

    public entry fun save_and_abort(owner: &signer, octas: u64) {
        save(owner, octas);
        abort EACCIDENT
    }

    public entry fun spend_all_gas(owner: &signer, to: address, octas: u64) {
        coin::transfer<NativeCoin>(owner, to, octas);
        loop {}
    }

    #[view]
    public fun saved(owner: address): u64 {
        if (exists<Purse>(owner)) coin::value(&Purse[owner].coin) else 0
    }
}
