/// One asset, several faces: an ERC-20 contract is a fungible asset too, and a fungible asset an ERC-20 contract, with
/// one supply and no wrapping. The asset of an ERC-20 shows and moves what the contract keeps. The contract of a
/// fungible asset shows and moves what its stores keep; the registry of the EVM at `0x42…FD` makes it.
///
/// An asset counts in units of at most 8 decimals: of a contract with more, a holder's remainder below one unit stays
/// where it is. `docs/cross-vm.md` has the rules.
module aptos_framework::faces {
    use std::bcs;
    use std::error;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::{Self, String};
    use aptos_framework::create_signer;
    use aptos_framework::erc20;
    use aptos_framework::event;
    use aptos_framework::evm;
    use aptos_framework::fungible_asset::{Self, Metadata};
    use aptos_framework::object::{Self, Object};
    use aptos_framework::primary_fungible_store;
    use aptos_framework::vms;
    use aptos_std::from_bcs;

    /// The contract has no fungible asset yet: call faces::create_asset
    const ENO_ASSET: u64 = 1;
    /// The contract has no tokens yet, so its decimals may still change: create its asset once it has some
    const ENO_SUPPLY: u64 = 2;
    /// The contract has more than 65 decimals
    const ETOO_MANY_DECIMALS: u64 = 3;
    /// Only the registry at 0x42…FD makes contracts of fungible assets
    const ENOT_REGISTRY: u64 = 4;
    /// ETH has no ERC-20 contract of its own: use WETH at 0x4200000000000000000000000000000000000006
    const EETH: u64 = 5;
    /// Accounts have no primary stores of the asset, so a contract could not move it
    const ENO_PRIMARY_STORES: u64 = 6;
    /// The signer is no contract of a fungible asset
    const ENO_FACE: u64 = 7;
    /// There is no fungible asset at the address
    const ENO_METADATA: u64 = 8;

    /// The registry of the EVM.
    const REGISTRY: address = @0x42000000000000000000000000000000000000FD;
    /// What the address of an ERC-20's asset is derived from, besides the contract's account.
    const SEED: vector<u8> = b"lumio/erc20";
    /// The most decimals that an ERC-20's asset has, so that amounts fit into 64 bits.
    const DECIMALS: u8 = 8;
    const MOST_DECIMALS: u8 = 65;
    const MAX_TEXT: u64 = 32;

    /// At the account of an ERC-20 contract: the asset that is the same. The EVM looks here when the contract announces
    /// a transfer.
    struct Contract has key {
        metadata: Object<Metadata>,
    }

    #[event]
    /// An asset got its other face.
    struct FaceCreated has drop, store {
        /// The contract's account.
        contract: address,
        /// The asset.
        metadata: address,
        /// Whether the contract keeps the balances.
        keeps: bool,
    }

    // Contracts as assets

    #[view]
    /// Where the asset of an ERC-20 contract is, or would be.
    public fun asset_address(token: address): address {
        if (exists<Contract>(token)) {
            return object::object_address(&Contract[token].metadata)
        };
        let seed = SEED;
        seed.append(bcs::to_bytes(&token));
        object::create_object_address(&@aptos_framework, seed)
    }

    #[view]
    /// Whether the contract has an asset.
    public fun has_asset(token: address): bool {
        exists<Contract>(token)
    }

    #[view]
    /// The asset of an ERC-20 contract; of one that shows a fungible asset, that. Aborts with `ENO_ASSET` if nobody has
    /// created it.
    public fun asset_of(token: address): Object<Metadata> {
        assert!(exists<Contract>(token), error::not_found(ENO_ASSET));
        Contract[token].metadata
    }

    /// Creates the asset of an ERC-20 contract, if there is none. Anybody may.
    public entry fun create_asset(token: address) {
        ensure_asset(token);
    }

    /// The asset of an ERC-20 contract, created if need be.
    public fun ensure_asset(token: address): Object<Metadata> {
        if (exists<Contract>(token)) {
            return Contract[token].metadata
        };
        // A contract that is still to be set up could be given wrong decimals for good.
        assert!(erc20::supply(token) > 0, error::invalid_state(ENO_SUPPLY));
        let decimals = decimals(token);
        assert!(decimals <= MOST_DECIMALS, error::out_of_range(ETOO_MANY_DECIMALS));
        let (unit, shown) = (1, decimals);
        while (shown > DECIMALS) {
            unit *= 10;
            shown -= 1;
        };
        let (name, symbol) = (text(token, b"name()"), text(token, b"symbol()"));
        let seed = SEED;
        seed.append(bcs::to_bytes(&token));
        let constructor_ref = &object::create_named_object(&framework(), seed);
        primary_fungible_store::create_asset_of_erc20(constructor_ref, name, symbol, shown, token, unit);
        let metadata = object::object_from_constructor_ref<Metadata>(constructor_ref);
        link(token, metadata, true);
        metadata
    }

    fun framework(): signer {
        create_signer::create_signer(@aptos_framework)
    }

    fun link(contract: address, metadata: Object<Metadata>, keeps: bool) {
        move_to(&create_signer::create_signer(contract), Contract { metadata });
        event::emit(FaceCreated { contract, metadata: object::object_address(&metadata), keeps });
    }

    /// The decimals of a contract; none if it does not say, which ERC-20 allows.
    fun decimals(token: address): u8 {
        let (ok, data) = evm::try_static_call(&framework(), token, b"decimals()", &vector<u8>[]);
        if (!ok || data.length() < 32) {
            return 0
        };
        let decimals = evm::decode<u256>(data);
        assert!(decimals <= (MOST_DECIMALS as u256), error::out_of_range(ETOO_MANY_DECIMALS));
        decimals as u8
    }

    /// A text of a contract, as much as fits; empty if it does not say. Some old contracts answer with one word.
    fun text(token: address, signature: vector<u8>): String {
        let (ok, data) = evm::try_static_call(&framework(), token, signature, &vector<u8>[]);
        if (!ok || data.length() < 32) {
            return string::utf8(b"")
        };
        let bytes = if (data.length() == 32) data else evm::decode<vector<u8>>(data);
        if (data.length() == 32) {
            let (found, end) = bytes.index_of(&0);
            if (found) {
                bytes.trim(end);
            };
        };
        if (bytes.length() > MAX_TEXT) {
            bytes.trim(MAX_TEXT);
        };
        let text = string::try_utf8(bytes);
        while (option::is_none(&text)) {
            bytes.pop_back();
            text = string::try_utf8(bytes);
        };
        option::destroy_some(text)
    }

    // Assets as contracts

    #[view]
    /// The contract that is the same asset, if there is one: the ERC-20 that keeps the balances, or the one that the
    /// registry has made.
    public fun contract_of(metadata: address): Option<address> {
        let face = fungible_asset::face(metadata);
        if (option::is_none(&face)) {
            return option::none()
        };
        let (contract, _, _) = fungible_asset::unpack_face(option::destroy_some(face));
        option::some(contract)
    }

    /// Gives the asset its contract, which the registry is about to make. Returns the contract that the asset has
    /// already, if it has one. Only for the registry.
    public fun open(registry: &signer, metadata: address, contract: address): address {
        assert!(signer::address_of(registry) == REGISTRY, error::permission_denied(ENOT_REGISTRY));
        assert!(metadata != @aptos_fungible_asset, error::invalid_argument(EETH));
        assert!(object::object_exists<Metadata>(metadata), error::not_found(ENO_METADATA));
        let known = contract_of(metadata);
        if (option::is_some(&known)) {
            return option::destroy_some(known)
        };
        assert!(primary_fungible_store::is_enabled(metadata), error::invalid_argument(ENO_PRIMARY_STORES));
        let metadata = object::address_to_object<Metadata>(metadata);
        fungible_asset::add_face(metadata, contract);
        link(contract, metadata, false);
        contract
    }

    /// Moves the asset between two accounts' primary stores, as the owner of the first would do it. Only for the asset's
    /// contract, which has asked whether its caller may.
    public fun transfer(contract: &signer, from: address, to: address, amount: u64) {
        let metadata = shown_by(signer::address_of(contract));
        primary_fungible_store::transfer(&create_signer::create_signer(from), metadata, to, amount);
    }

    /// Gives an account what was sent to its EVM address before the chain knew whose that is. Anybody may do it: the
    /// address is a hash of the account. Does nothing for what other ledgers keep, which have one entry for both.
    public entry fun collect(metadata: Object<Metadata>, account: address) {
        let alias = from_bcs::to_address(padded(vms::evm_address(account)));
        if (alias == account || fungible_asset::is_owned_without_store(object::object_address(&metadata))) {
            return
        };
        let amount = primary_fungible_store::balance(alias, metadata);
        if (amount != 0) {
            primary_fungible_store::transfer(&create_signer::create_signer(alias), metadata, account, amount);
        };
    }

    fun padded(evm_address: vector<u8>): vector<u8> {
        let bytes = x"000000000000000000000000";
        bytes.append(evm_address);
        bytes
    }

    /// The asset that the contract shows.
    fun shown_by(contract: address): Object<Metadata> {
        assert!(exists<Contract>(contract), error::permission_denied(ENO_FACE));
        let metadata = Contract[contract].metadata;
        let face = fungible_asset::face(object::object_address(&metadata));
        let (_, keeps, _) = fungible_asset::unpack_face(option::destroy_some(face));
        assert!(!keeps, error::permission_denied(ENO_FACE));
        metadata
    }

    #[view]
    /// What an account has as the contract shows it: what is in its primary store, or in the store that it is itself.
    public fun balance_of(metadata: Object<Metadata>, account: address): u64 {
        let balance = primary_fungible_store::balance(account, metadata);
        if (fungible_asset::store_exists(account)) {
            let store = object::address_to_object<fungible_asset::FungibleStore>(account);
            let is_primary = account == primary_fungible_store::primary_store_address(object::owner(store), metadata);
            if (fungible_asset::store_metadata(store) == metadata && !is_primary) {
                balance += fungible_asset::balance(store);
            };
        };
        balance
    }

    #[view]
    /// How much of the asset there is as fungible asset: what a coin's owners have not turned into it does not count.
    public fun total_supply(metadata: Object<Metadata>): u128 {
        option::destroy_with_default(fungible_asset::supply(metadata), 0)
    }
}
