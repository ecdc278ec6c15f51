/// ETH as Move code sees it. There is one ledger for the whole chain: the balance of an account is its wei
/// balance, which the EVM reads and writes too, and Move counts it in octas of 10^10 wei. The remainder below
/// one octa stays with its owner. What is inside a `Coin<NativeCoin>`, or a fungible asset of the metadata at
/// `0xa`, is held by the vault account until it is deposited again.
module aptos_framework::native_coin {
    use std::error;

    /// The vault holds less than the coins in circulation; this cannot happen
    const EVAULT_IS_SHORT: u64 = 1;

    /// Where the ETH of coins in flight, and of coins stored inside other structs, is kept: the text
    /// `lumio/native_coin/vault`, which is neither an address that a key has nor one that tests take for a user's.
    const VAULT: address = @0x6c756d696f2f6e61746976655f636f696e2f7661756c74000000000000000000;

    /// The type of the native coin, ETH, with 8 decimals.
    struct NativeCoin has key {}

    #[view]
    /// The whole octas that `account` owns, at most 2^64 - 1.
    public fun balance(account: address): u64 {
        balance_internal(account)
    }

    #[view]
    /// All that `account` owns, in wei.
    public fun wei_balance(account: address): u256 {
        wei_balance_internal(account)
    }

    #[view]
    /// The account that holds the ETH of all coins which are in no account's balance.
    public fun vault(): address {
        VAULT
    }

    /// Whether `CoinType` names the native coin, by whichever of its two names.
    public(package) fun is_native<CoinType>(): bool {
        is_native_internal<CoinType>()
    }

    /// Moves octas out of `account` into a coin that the caller makes. False if `account` has not enough.
    public(package) fun withdraw(account: address, octas: u64): bool {
        transfer_internal(account, VAULT, octas)
    }

    /// Moves the octas of a coin, which the caller takes apart, to `account`.
    public(package) fun deposit(account: address, octas: u64) {
        assert!(transfer_internal(VAULT, account, octas), error::internal(EVAULT_IS_SHORT));
    }

    /// Moves octas between two accounts. False if `from` has not enough.
    public(package) fun transfer(from: address, to: address, octas: u64): bool {
        transfer_internal(from, to, octas)
    }

    /// Moves octas to an account as a fee. Nothing of that account is read, so that transactions which pay the same
    /// one do not depend on each other. False if `from` has not enough.
    public(package) fun pay_fee(from: address, to: address, octas: u64): bool {
        pay_fee_internal(from, to, octas)
    }

    /// Creates octas for a coin that the caller makes.
    public(package) fun mint(octas: u64) {
        mint_internal(VAULT, octas);
    }

    /// Destroys the octas of a coin, which the caller takes apart.
    public(package) fun burn(octas: u64) {
        assert!(burn_internal(VAULT, octas), error::internal(EVAULT_IS_SHORT));
    }

    /// Destroys octas of `account`. False if it has not enough.
    public(package) fun burn_from(account: address, octas: u64): bool {
        burn_internal(account, octas)
    }

    native fun is_native_internal<CoinType>(): bool;
    native fun balance_internal(account: address): u64;
    native fun wei_balance_internal(account: address): u256;
    native fun transfer_internal(from: address, to: address, octas: u64): bool;
    native fun pay_fee_internal(from: address, to: address, octas: u64): bool;
    native fun mint_internal(to: address, octas: u64);
    native fun burn_internal(from: address, octas: u64): bool;

    #[test_only]
    native fun set_balance_for_test(account: address, octas: u64);

    #[test_only]
    /// Gives `account` exactly `octas`.
    public fun set_balance(account: address, octas: u64) {
        set_balance_for_test(account, octas);
    }

    #[test_only]
    struct OtherCoin {}

    #[test]
    fun both_names_are_the_native_coin() {
        assert!(is_native<NativeCoin>());
        assert!(!is_native<OtherCoin>());
    }

    #[test]
    fun octas_are_ten_billion_wei() {
        set_balance(@0xcafe, 25);
        assert!(balance(@0xcafe) == 25);
        assert!(wei_balance(@0xcafe) == 250_000_000_000);
        assert!(balance(@0xbeef) == 0);
    }

    #[test]
    fun transfers_move_all_or_nothing() {
        set_balance(@0xcafe, 10);
        assert!(!transfer(@0xcafe, @0xbeef, 11));
        assert!(balance(@0xcafe) == 10 && balance(@0xbeef) == 0);
        assert!(transfer(@0xcafe, @0xbeef, 10));
        assert!(balance(@0xcafe) == 0 && balance(@0xbeef) == 10);
    }

    #[test]
    fun a_transfer_to_oneself_needs_the_balance_and_keeps_it() {
        set_balance(@0xcafe, 10);
        assert!(transfer(@0xcafe, @0xcafe, 10));
        assert!(!transfer(@0xcafe, @0xcafe, 11));
        assert!(balance(@0xcafe) == 10);
    }

    #[test]
    fun coins_in_flight_are_in_the_vault() {
        set_balance(@0xcafe, 10);
        assert!(withdraw(@0xcafe, 4));
        assert!(!withdraw(@0xcafe, 7));
        assert!(balance(vault()) == 4 && balance(@0xcafe) == 6);
        deposit(@0xbeef, 4);
        assert!(balance(vault()) == 0 && balance(@0xbeef) == 4);
    }

    #[test]
    fun minting_and_burning_change_the_total() {
        mint(9);
        deposit(@0xcafe, 5);
        burn(4);
        assert!(balance(vault()) == 0 && balance(@0xcafe) == 5);
        assert!(!burn_from(@0xcafe, 6));
        assert!(burn_from(@0xcafe, 5));
        assert!(balance(@0xcafe) == 0);
    }

    #[test]
    #[expected_failure(abort_code = 0xb0001, location = Self)]
    fun coins_without_backing_cannot_be_deposited() {
        deposit(@0xcafe, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0xb0001, location = Self)]
    fun coins_without_backing_cannot_be_burnt() {
        burn(1);
    }
}
