/// Shares in a pool of coins, for any number of shareholders.
///
/// The same as `pool_u64`, but shares are counted with 128 bits, and shareholders are kept in a table: there is no
/// limit of them, and nobody can list them.
module aptos_std::pool_u64_unbound {
    use std::error;
    use aptos_std::math128;
    use aptos_std::table_with_length::{Self as table, TableWithLength as Table};

    /// The account has no shares.
    const ESHAREHOLDER_NOT_FOUND: u64 = 1;
    /// The pool has coins.
    const EPOOL_IS_NOT_EMPTY: u64 = 3;
    /// The shareholder has fewer shares.
    const EINSUFFICIENT_SHARES: u64 = 4;
    /// The shareholder would have 2^128 shares or more.
    const ESHAREHOLDER_SHARES_OVERFLOW: u64 = 5;
    /// The pool would have 2^64 coins or more.
    const EPOOL_TOTAL_COINS_OVERFLOW: u64 = 6;
    /// The pool would have 2^128 shares or more.
    const EPOOL_TOTAL_SHARES_OVERFLOW: u64 = 7;

    const MAX_U64: u64 = 18446744073709551615;
    const MAX_U128: u128 = 340282366920938463463374607431768211455;

    /// A pool. Accounts without shares are not in `shares`. The first shares cost `1 / scaling_factor` coins each.
    struct Pool has store {
        total_coins: u64,
        total_shares: u128,
        shares: Table<address, u128>,
        scaling_factor: u64
    }

    /// A pool without coins.
    public fun new(): Pool {
        create_with_scaling_factor(1)
    }

    #[deprecated]
    /// The same as `new`, which is to be preferred.
    public fun create(): Pool {
        new()
    }

    /// A pool without coins where one coin buys `scaling_factor` shares at first. More shares for a coin make what
    /// is lost by rounding smaller.
    public fun create_with_scaling_factor(scaling_factor: u64): Pool {
        Pool { total_coins: 0, total_shares: 0, shares: table::new(), scaling_factor }
    }

    /// Ends a pool. Aborts with `EPOOL_IS_NOT_EMPTY` if it has coins, and if somebody has shares.
    public fun destroy_empty(self: Pool) {
        assert!(self.total_coins == 0, error::invalid_state(EPOOL_IS_NOT_EMPTY));
        let Pool { total_coins: _, total_shares: _, shares, scaling_factor: _ } = self;
        shares.destroy_empty();
    }

    /// How many coins the pool has.
    public fun total_coins(self: &Pool): u64 {
        self.total_coins
    }

    /// How many shares there are.
    public fun total_shares(self: &Pool): u128 {
        self.total_shares
    }

    /// Whether the account has shares.
    public fun contains(self: &Pool, shareholder: address): bool {
        self.shares.contains(shareholder)
    }

    /// How many shares the account has.
    public fun shares(self: &Pool, shareholder: address): u128 {
        if (self.contains(shareholder)) *self.shares.borrow(shareholder) else 0
    }

    /// How many coins the account's shares are worth.
    public fun balance(self: &Pool, shareholder: address): u64 {
        self.shares_to_amount(self.shares(shareholder))
    }

    /// How many accounts have shares.
    public fun shareholders_count(self: &Pool): u64 {
        self.shares.length()
    }

    /// Sets how many coins the pool has, after rewards or losses.
    public fun update_total_coins(self: &mut Pool, new_total_coins: u64) {
        self.total_coins = new_total_coins;
    }

    /// Adds coins to the pool, and gives the shares that they buy to the shareholder. Returns how many those are.
    /// Aborts with `EPOOL_TOTAL_COINS_OVERFLOW` or `EPOOL_TOTAL_SHARES_OVERFLOW` if the pool would be too large.
    public fun buy_in(self: &mut Pool, shareholder: address, coins_amount: u64): u128 {
        if (coins_amount == 0) return 0;
        let new_shares = self.amount_to_shares(coins_amount);
        assert!(
            coins_amount <= MAX_U64 - self.total_coins,
            error::invalid_argument(EPOOL_TOTAL_COINS_OVERFLOW)
        );
        assert!(
            new_shares <= MAX_U128 - self.total_shares,
            error::invalid_argument(EPOOL_TOTAL_SHARES_OVERFLOW)
        );
        self.total_coins += coins_amount;
        self.total_shares += new_shares;
        self.add_shares(shareholder, new_shares);
        new_shares
    }

    /// Takes shares away from the shareholder, and the coins that they are worth out of the pool. Returns how many
    /// those are. Aborts with `ESHAREHOLDER_NOT_FOUND` if the account has no shares, with `EINSUFFICIENT_SHARES` if it
    /// has not enough.
    public fun redeem_shares(self: &mut Pool, shareholder: address, shares_to_redeem: u128): u64 {
        self.assert_has(shareholder, shares_to_redeem);
        if (shares_to_redeem == 0) return 0;
        let coins = self.shares_to_amount(shares_to_redeem);
        self.total_coins -= coins;
        self.total_shares -= shares_to_redeem;
        self.deduct_shares(shareholder, shares_to_redeem);
        coins
    }

    /// Moves shares from the first account to the second. Aborts with `ESHAREHOLDER_NOT_FOUND` if the first has no
    /// shares, with `EINSUFFICIENT_SHARES` if it has not enough.
    public fun transfer_shares(
        self: &mut Pool, shareholder_1: address, shareholder_2: address, shares_to_transfer: u128
    ) {
        self.assert_has(shareholder_1, shares_to_transfer);
        if (shares_to_transfer == 0) return;
        self.deduct_shares(shareholder_1, shares_to_transfer);
        self.add_shares(shareholder_2, shares_to_transfer);
    }

    /// How many shares so many coins buy.
    public fun amount_to_shares(self: &Pool, coins_amount: u64): u128 {
        self.amount_to_shares_with_total_coins(coins_amount, self.total_coins)
    }

    /// How many shares so many coins would buy if the pool had `total_coins` coins.
    public fun amount_to_shares_with_total_coins(self: &Pool, coins_amount: u64, total_coins: u64): u128 {
        if (self.total_coins == 0 || self.total_shares == 0) {
            (coins_amount as u128) * (self.scaling_factor as u128)
        } else {
            self.multiply_then_divide(coins_amount as u128, self.total_shares, total_coins as u128)
        }
    }

    /// How many coins so many shares are worth.
    public fun shares_to_amount(self: &Pool, shares: u128): u64 {
        self.shares_to_amount_with_total_coins(shares, self.total_coins)
    }

    /// How many coins so many shares would be worth if the pool had `total_coins` coins.
    public fun shares_to_amount_with_total_coins(self: &Pool, shares: u128, total_coins: u64): u64 {
        if (self.total_coins == 0 || self.total_shares == 0) {
            0
        } else {
            self.multiply_then_divide(shares, total_coins as u128, self.total_shares) as u64
        }
    }

    /// How many coins so many shares would be worth if the pool had `total_coins` coins and `total_shares` shares.
    public fun shares_to_amount_with_total_stats(
        self: &Pool, shares: u128, total_coins: u64, total_shares: u128
    ): u64 {
        if (self.total_coins == 0 || total_shares == 0) {
            0
        } else {
            self.multiply_then_divide(shares, total_coins as u128, total_shares) as u64
        }
    }

    /// `x * y / z`, rounded down. Aborts if `z` is zero, and if the result exceeds 128 bits.
    public fun multiply_then_divide(self: &Pool, x: u128, y: u128, z: u128): u128 {
        math128::mul_div(x, y, z)
    }

    /// Gives shares to an account. They have to be counted in `total_shares`.
    fun add_shares(self: &mut Pool, shareholder: address, new_shares: u128) {
        if (self.contains(shareholder)) {
            let shares = self.shares.borrow_mut(shareholder);
            assert!(new_shares <= MAX_U128 - *shares, error::invalid_argument(ESHAREHOLDER_SHARES_OVERFLOW));
            *shares += new_shares;
        } else if (new_shares > 0) {
            self.shares.add(shareholder, new_shares);
        }
    }

    /// Takes shares from an account that has them, and forgets it if it has no more.
    fun deduct_shares(self: &mut Pool, shareholder: address, shares_to_deduct: u128) {
        let shares = self.shares.borrow_mut(shareholder);
        *shares -= shares_to_deduct;
        if (*shares == 0) {
            self.shares.remove(shareholder);
        }
    }

    fun assert_has(self: &Pool, shareholder: address, shares: u128) {
        assert!(self.contains(shareholder), error::invalid_argument(ESHAREHOLDER_NOT_FOUND));
        assert!(self.shares(shareholder) >= shares, error::invalid_argument(EINSUFFICIENT_SHARES));
    }

    #[test_only]
    /// Ends a pool, whatever it has.
    public fun destroy_pool(self: Pool) {
        let Pool { total_coins: _, total_shares: _, shares, scaling_factor: _ } = self;
        shares.drop_unchecked();
    }
}
