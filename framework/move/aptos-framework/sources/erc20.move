/// ERC-20 contracts of the EVM as Move knows them: as the ledger behind a fungible asset, which `fungible_asset` asks
/// and moves, and as the face of an asset that Move keeps, which announces what has moved. `faces` creates both.
///
/// Amounts here are in the contract's own units. A fungible asset that is in no store is held by the vault.
module aptos_framework::erc20 {
    use std::error;

    /// The contract moved another amount than it was asked to
    const EREFUSED: u64 = 1;
    /// The contract does not answer as an ERC-20 does
    const ENO_ERC20: u64 = 2;
    /// The vault holds less than the assets in flight; the contract has taken some
    const EVAULT_IS_SHORT: u64 = 3;

    /// Where tokens are while their fungible asset is in no store: the text `lumio/erc20/vault`. No key signs for it.
    const VAULT: address = @0x6c756d696f2f65726332302f7661756c74000000000000000000000000000000;

    /// What has moved, as the log of a face says it.
    const MOVED: u8 = 0;
    const MINTED: u8 = 1;
    const BURNT: u8 = 2;

    #[view]
    /// The account that holds the tokens of all fungible assets in flight.
    public fun vault(): address {
        VAULT
    }

    /// How much the account has. Aborts with `ENO_ERC20` if the contract does not say.
    public(package) fun balance(contract: address, account: address): u256 {
        balance_internal(contract, account)
    }

    /// How much there is. Aborts with `ENO_ERC20` if the contract does not say.
    public(package) fun supply(contract: address): u256 {
        supply_internal(contract)
    }

    /// Moves `amount` from one account to another. False, and nothing is moved, if the first has not enough. Aborts with
    /// `EREFUSED` unless exactly `amount` leaves the one and arrives at the other.
    public(package) fun transfer(contract: address, from: address, to: address, amount: u256): bool {
        transfer_internal(contract, from, to, amount)
    }

    /// Moves `amount` to the vault, for a fungible asset that the caller makes. False if `from` has not enough.
    public(package) fun withdraw(contract: address, from: address, amount: u256): bool {
        transfer_internal(contract, from, VAULT, amount)
    }

    /// Moves the amount of a fungible asset, which the caller takes apart, from the vault to `to`.
    public(package) fun deposit(contract: address, to: address, amount: u256) {
        assert!(transfer_internal(contract, VAULT, to, amount), error::internal(EVAULT_IS_SHORT));
    }

    /// Announces on behalf of a face that Move code has moved `amount` between two holders.
    public(package) fun log_transfer(contract: address, from: address, to: address, amount: u64) {
        log_internal(contract, from, to, amount, MOVED);
    }

    /// The same of an amount that is new.
    public(package) fun log_mint(contract: address, to: address, amount: u64) {
        log_internal(contract, to, to, amount, MINTED);
    }

    /// The same of an amount that was destroyed.
    public(package) fun log_burn(contract: address, from: address, amount: u64) {
        log_internal(contract, from, from, amount, BURNT);
    }

    native fun balance_internal(contract: address, account: address): u256;
    native fun supply_internal(contract: address): u256;
    native fun transfer_internal(contract: address, from: address, to: address, amount: u256): bool;
    native fun log_internal(contract: address, from: address, to: address, amount: u64, kind: u8);
}
