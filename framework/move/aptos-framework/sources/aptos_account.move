/// Transfers to any address: of ETH, of other coins and of fungible assets. The recipient need not have done anything
/// before.
module aptos_framework::aptos_account {
    use std::error;
    use std::signer;
    use aptos_framework::account;
    use aptos_framework::coin::{Self, Coin};
    use aptos_framework::create_signer::create_signer;
    use aptos_framework::dispatchable_fungible_asset;
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::fungible_asset::{FungibleAsset, Metadata};
    use aptos_framework::native_coin::{Self, NativeCoin};
    use aptos_framework::object::Object;
    use aptos_framework::primary_fungible_store;

    /// Account opted out of receiving coins that they did not register to receive.
    const EACCOUNT_DOES_NOT_ACCEPT_DIRECT_COIN_TRANSFERS: u64 = 3;
    /// The lengths of the recipients and amounts lists don't match.
    const EMISMATCHING_RECIPIENTS_AND_AMOUNTS_LENGTH: u64 = 5;

    /// Whether the account accepts coins that it has not registered. Without this resource it does.
    struct DirectTransferConfig has key {
        allow_arbitrary_coin_transfers: bool,
        update_coin_transfer_events: EventHandle<DirectCoinTransferConfigUpdatedEvent>
    }

    /// The account changed what it accepts: in the stream of its `DirectTransferConfig`.
    struct DirectCoinTransferConfigUpdatedEvent has drop, store {
        new_allow_direct_transfers: bool
    }

    #[event]
    /// The account changed what it accepts.
    struct DirectCoinTransferConfigUpdated has drop, store {
        account: address,
        new_allow_direct_transfers: bool
    }

    /// Gives `auth_key` its `Account` resource. Aborts if it has one, or if the address is reserved.
    public entry fun create_account(auth_key: address) {
        account::create_account(auth_key);
    }

    /// Transfers octas of ETH to each of the recipients. Aborts if the lists differ in length.
    public entry fun batch_transfer(source: &signer, recipients: vector<address>, amounts: vector<u64>) {
        assert_pairs(&recipients, &amounts);
        recipients.zip(amounts, |to, amount| transfer(source, to, amount));
    }

    /// Transfers `amount` octas of ETH to `to`.
    public entry fun transfer(source: &signer, to: address, amount: u64) {
        coin::transfer<NativeCoin>(source, to, amount);
    }

    /// Transfers coins to each of the recipients. Aborts if the lists differ in length.
    public entry fun batch_transfer_coins<CoinType>(
        from: &signer, recipients: vector<address>, amounts: vector<u64>
    ) {
        assert_pairs(&recipients, &amounts);
        recipients.zip(amounts, |to, amount| transfer_coins<CoinType>(from, to, amount));
    }

    /// Transfers `amount` of a coin to `to`, which need not have registered it. Aborts if it has not, and does not
    /// accept such coins.
    public entry fun transfer_coins<CoinType>(from: &signer, to: address, amount: u64) {
        deposit_coins(to, coin::withdraw<CoinType>(from, amount));
    }

    /// Gives `coins` to `to`, as `transfer_coins`.
    public fun deposit_coins<CoinType>(to: address, coins: Coin<CoinType>) {
        if (!coin::is_account_registered<CoinType>(to)) {
            assert!(
                can_receive_direct_coin_transfers(to),
                error::permission_denied(EACCOUNT_DOES_NOT_ACCEPT_DIRECT_COIN_TRANSFERS)
            );
            coin::register<CoinType>(&create_signer(to));
        };
        coin::deposit(to, coins);
    }

    /// Transfers a fungible asset to each of the recipients' primary stores. Aborts if the lists differ in length.
    public entry fun batch_transfer_fungible_assets(
        from: &signer, metadata: Object<Metadata>, recipients: vector<address>, amounts: vector<u64>
    ) {
        assert_pairs(&recipients, &amounts);
        recipients.zip(amounts, |to, amount| transfer_fungible_assets(from, metadata, to, amount));
    }

    /// Transfers `amount` of a fungible asset between primary stores.
    public entry fun transfer_fungible_assets(
        from: &signer, metadata: Object<Metadata>, to: address, amount: u64
    ) {
        let from_store = primary_fungible_store::ensure_primary_store_exists(signer::address_of(from), metadata);
        let to_store = primary_fungible_store::ensure_primary_store_exists(to, metadata);
        dispatchable_fungible_asset::transfer(from, from_store, to_store, amount);
    }

    /// Gives a fungible asset to the primary store of `to`.
    public fun deposit_fungible_assets(to: address, fa: FungibleAsset) {
        primary_fungible_store::deposit(to, fa);
    }

    /// Passes: every address is an account.
    public fun assert_account_exists(_addr: address) {}

    /// Passes: every address can hold ETH.
    public fun assert_account_is_registered_for_apt(_addr: address) {}

    /// Sets whether the account accepts coins that it has not registered.
    public entry fun set_allow_direct_coin_transfers(account: &signer, allow: bool) {
        let addr = signer::address_of(account);
        if (!exists<DirectTransferConfig>(addr)) {
            move_to(
                account,
                DirectTransferConfig {
                    allow_arbitrary_coin_transfers: !allow,
                    update_coin_transfer_events: account::new_event_handle(account)
                }
            );
        };
        let config = &mut DirectTransferConfig[addr];
        if (config.allow_arbitrary_coin_transfers != allow) {
            config.allow_arbitrary_coin_transfers = allow;
            event::emit(DirectCoinTransferConfigUpdated { account: addr, new_allow_direct_transfers: allow });
            event::emit_event(
                &mut config.update_coin_transfer_events,
                DirectCoinTransferConfigUpdatedEvent { new_allow_direct_transfers: allow }
            );
        }
    }

    #[view]
    /// Whether the account accepts coins that it has not registered.
    public fun can_receive_direct_coin_transfers(account: address): bool {
        !exists<DirectTransferConfig>(account) || DirectTransferConfig[account].allow_arbitrary_coin_transfers
    }

    /// Whether `account` has at least `amount` octas.
    public(package) fun is_fungible_balance_at_least(account: address, amount: u64): bool {
        native_coin::balance(account) >= amount
    }

    fun assert_pairs(recipients: &vector<address>, amounts: &vector<u64>) {
        assert!(
            recipients.length() == amounts.length(),
            error::invalid_argument(EMISMATCHING_RECIPIENTS_AND_AMOUNTS_LENGTH)
        );
    }
}
