/// Fungible assets that Move code issues: a plain one, and one whose own functions take a fee.
module hazards::issued {
    use std::option;
    use std::signer;
    use std::string;
    use aptos_framework::dispatchable_fungible_asset;
    use aptos_framework::evm;
    use aptos_framework::function_info;
    use aptos_framework::fungible_asset::{Self, BurnRef, FungibleAsset, FungibleStore, Metadata, MintRef, TransferRef};
    use aptos_framework::object::{Self, Object};
    use aptos_framework::primary_fungible_store;

    struct Refs has key {
        mint: MintRef,
        burn: BurnRef,
        transfer: TransferRef
    }

    /// A plain asset of 6 decimals.
    public entry fun create(creator: &signer, seed: vector<u8>) {
        make(creator, seed);
    }

    /// An asset of which each withdrawal burns a tenth.
    public entry fun create_with_fee(creator: &signer, seed: vector<u8>) {
        let constructor_ref = make(creator, seed);
        let withdraw = function_info::new_function_info(
            creator, string::utf8(b"issued"), string::utf8(b"withdraw_with_fee")
        );
        dispatchable_fungible_asset::register_dispatch_functions(
            &constructor_ref, option::some(withdraw), option::none(), option::none()
        );
    }

    fun make(creator: &signer, seed: vector<u8>): object::ConstructorRef {
        let constructor_ref = object::create_named_object(creator, seed);
        primary_fungible_store::create_primary_store_enabled_fungible_asset(
            &constructor_ref,
            option::none(),
            string::utf8(b"Issued"),
            string::utf8(b"ISS"),
            6,
            string::utf8(b""),
            string::utf8(b"")
        );
        move_to(
            &object::generate_signer(&constructor_ref),
            Refs {
                mint: fungible_asset::generate_mint_ref(&constructor_ref),
                burn: fungible_asset::generate_burn_ref(&constructor_ref),
                transfer: fungible_asset::generate_transfer_ref(&constructor_ref)
            }
        );
        constructor_ref
    }

    public fun withdraw_with_fee<T: key>(
        store: Object<T>, amount: u64, transfer_ref: &TransferRef
    ): FungibleAsset acquires Refs {
        let fa = fungible_asset::withdraw_with_ref(transfer_ref, store, amount);
        let metadata = object::object_address(&fungible_asset::store_metadata(store));
        let fee = fungible_asset::extract(&mut fa, amount / 10);
        fungible_asset::burn(&Refs[metadata].burn, fee);
        fa
    }

    public entry fun mint(metadata: Object<Metadata>, to: address, amount: u64) acquires Refs {
        primary_fungible_store::mint(&Refs[object::object_address(&metadata)].mint, to, amount);
    }

    /// Mints, and deposits what was minted.
    public entry fun mint_in_two_steps(metadata: Object<Metadata>, to: address, amount: u64) acquires Refs {
        let fa = fungible_asset::mint(&Refs[object::object_address(&metadata)].mint, amount);
        primary_fungible_store::deposit(to, fa);
    }

    public entry fun burn(metadata: Object<Metadata>, from: address, amount: u64) acquires Refs {
        primary_fungible_store::burn(&Refs[object::object_address(&metadata)].burn, from, amount);
    }

    public entry fun freeze_store(metadata: Object<Metadata>, account: address, frozen: bool) acquires Refs {
        primary_fungible_store::set_frozen_flag(
            &Refs[object::object_address(&metadata)].transfer, account, frozen
        );
    }

    public entry fun force(metadata: Object<Metadata>, from: address, to: address, amount: u64) acquires Refs {
        primary_fungible_store::transfer_with_ref(
            &Refs[object::object_address(&metadata)].transfer, from, to, amount
        );
    }

    /// Moves into a new store that the sender owns, and is no primary one. Its address is in `Kept`.
    public entry fun keep(account: &signer, metadata: Object<Metadata>, amount: u64) {
        let constructor_ref = object::create_object(signer::address_of(account));
        let store = fungible_asset::create_store(&constructor_ref, metadata);
        move_to(account, Kept { store });
        let fa = primary_fungible_store::withdraw(account, metadata, amount);
        dispatchable_fungible_asset::deposit(store, fa);
    }

    /// Moves all of that back.
    public entry fun take_back(account: &signer) acquires Kept {
        let Kept { store } = move_from<Kept>(signer::address_of(account));
        let all = fungible_asset::balance(store);
        let fa = dispatchable_fungible_asset::withdraw(account, store, all);
        primary_fungible_store::deposit(signer::address_of(account), fa);
    }

    struct Kept has key {
        store: Object<FungibleStore>
    }

    #[view]
    public fun kept(account: address): address acquires Kept {
        object::object_address(&Kept[account].store)
    }

    /// Moves by withdrawal and deposit, and then fails.
    public entry fun move_and_fail(account: &signer, metadata: Object<Metadata>, to: address, amount: u64) {
        primary_fungible_store::transfer(account, metadata, to, amount);
        abort 77
    }

    /// Calls a contract.
    public entry fun call(account: &signer, contract: address, calldata: vector<u8>) {
        evm::call_raw(account, contract, 0, calldata);
    }

    /// Moves in two halves, merged in between.
    public entry fun move_in_halves(account: &signer, metadata: Object<Metadata>, to: address, amount: u64) {
        let fa = primary_fungible_store::withdraw(account, metadata, amount / 2);
        let rest = primary_fungible_store::withdraw(account, metadata, amount - amount / 2);
        fungible_asset::merge(&mut fa, rest);
        primary_fungible_store::deposit(to, fa);
    }
}
