/// The asset that is transferred, as the benchmarks' own package issues it, at an address that is known.
module aptos_framework::asset {
    use std::option;
    use std::string;
    use aptos_framework::fungible_asset::{Self, MintRef};
    use aptos_framework::object;
    use aptos_framework::primary_fungible_store;

    struct Issuer has key {
        mint: MintRef
    }

    fun init_module(account: &signer) {
        let constructor = object::create_sticky_object_at_address(@aptos_framework, @asset);
        primary_fungible_store::create_primary_store_enabled_fungible_asset(
            &constructor,
            option::none(),
            string::utf8(b"Bench"),
            string::utf8(b"BEN"),
            8,
            string::utf8(b""),
            string::utf8(b"")
        );
        move_to(account, Issuer { mint: fungible_asset::generate_mint_ref(&constructor) });
    }

    /// Gives somebody units of the asset.
    public entry fun mint(_account: &signer, to: address, amount: u64) acquires Issuer {
        primary_fungible_store::mint(&borrow_global<Issuer>(@aptos_framework).mint, to, amount);
    }
}
