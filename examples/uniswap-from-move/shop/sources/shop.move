/// Buys tokens on Uniswap, a contract, with the ETH of a Move user. `router` is written by `lumio bindings move`.
module shop::shop {
    use std::signer;
    use aptos_framework::event;
    use aptos_framework::faces;
    use aptos_framework::primary_fungible_store;
    use shop::router;

    /// What was bought is not there
    const EWRONG: u64 = 1;

    const FOREVER: u256 = 1 << 255;

    #[event]
    struct Bought has drop, store {
        by: address,
        token: address,
        paid_wei: u256,
        got: u256
    }

    /// Buys a token for `wei` on the way through `weth`, `minimum` of it at least.
    public entry fun buy(account: &signer, router: address, weth: address, token: address, wei: u256, minimum: u256) {
        let by = signer::address_of(account);
        // An ERC-20 is a fungible asset too.
        let asset = faces::ensure_asset(token);
        let before = primary_fungible_store::balance(by, asset);

        let amounts =
            router::at(router).swap_exact_eth_for_tokens(account, wei, minimum, vector[weth, token], by, FOREVER);

        let got = amounts[amounts.length() - 1];
        assert!(primary_fungible_store::balance(by, asset) > before, EWRONG);
        event::emit(Bought { by, token, paid_wei: wei, got });
    }
}
