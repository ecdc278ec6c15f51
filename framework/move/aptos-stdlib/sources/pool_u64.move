/// Shares in a pool of coins, for a limited number of shareholders.
///
/// Who puts coins in receives shares at the current price, which is the pool's coins divided by its shares. When the
/// pool's coins change without shares (rewards, losses), every share is worth more, or less. Prices are rounded down,
/// in favour of those who stay in the pool.
///
/// The pool only counts. Its coins are kept elsewhere, in the same unit that is used here (octas, say).
module aptos_std::pool_u64 {
    use std::error;
    use aptos_std::math64;
    use aptos_std::simple_map::{Self, SimpleMap};

    /// The account has no shares.
    const ESHAREHOLDER_NOT_FOUND: u64 = 1;
    /// The pool has as many shareholders as it can have.
    const ETOO_MANY_SHAREHOLDERS: u64 = 2;
    /// The pool has coins.
    const EPOOL_IS_NOT_EMPTY: u64 = 3;
    /// The shareholder has fewer shares.
    const EINSUFFICIENT_SHARES: u64 = 4;
    /// The shareholder would have 2^64 shares or more.
    const ESHAREHOLDER_SHARES_OVERFLOW: u64 = 5;
    /// The pool would have 2^64 coins or more.
    const EPOOL_TOTAL_COINS_OVERFLOW: u64 = 6;
    /// The pool would have 2^64 shares or more.
    const EPOOL_TOTAL_SHARES_OVERFLOW: u64 = 7;

    const MAX_U64: u64 = 18446744073709551615;

    /// A pool. `shareholders` are those that have shares, which are in `shares`. The first shares cost
    /// `1 / scaling_factor` coins each.
    struct Pool has store {
        shareholders_limit: u64,
        total_coins: u64,
        total_shares: u64,
        shares: SimpleMap<address, u64>,
        shareholders: vector<address>,
        scaling_factor: u64
    }

    /// A pool without coins that can have `shareholders_limit` shareholders.
    public fun new(shareholders_limit: u64): Pool {
        create_with_scaling_factor(shareholders_limit, 1)
    }

    #[deprecated]
    /// The same as `new`, which is to be preferred.
    public fun create(shareholders_limit: u64): Pool {
        new(shareholders_limit)
    }

    /// A pool without coins where one coin buys `scaling_factor` shares at first. More shares for a coin make what
    /// is lost by rounding smaller.
    public fun create_with_scaling_factor(shareholders_limit: u64, scaling_factor: u64): Pool {
        Pool {
            shareholders_limit,
            total_coins: 0,
            total_shares: 0,
            shares: simple_map::new(),
            shareholders: vector[],
            scaling_factor
        }
    }

    /// Ends a pool. Aborts with `EPOOL_IS_NOT_EMPTY` if it has coins.
    public fun destroy_empty(self: Pool) {
        assert!(self.total_coins == 0, error::invalid_state(EPOOL_IS_NOT_EMPTY));
        let Pool {
            shareholders_limit: _,
            total_coins: _,
            total_shares: _,
            shares: _,
            shareholders: _,
            scaling_factor: _
        } = self;
    }

    /// How many coins the pool has.
    public fun total_coins(self: &Pool): u64 {
        self.total_coins
    }

    /// How many shares there are.
    public fun total_shares(self: &Pool): u64 {
        self.total_shares
    }

    /// Whether the account has shares.
    public fun contains(self: &Pool, shareholder: address): bool {
        self.shares.contains_key(&shareholder)
    }

    /// How many shares the account has.
    public fun shares(self: &Pool, shareholder: address): u64 {
        if (self.contains(shareholder)) *self.shares.borrow(&shareholder) else 0
    }

    /// How many coins the account's shares are worth.
    public fun balance(self: &Pool, shareholder: address): u64 {
        self.shares_to_amount(self.shares(shareholder))
    }

    /// All accounts that have shares.
    public fun shareholders(self: &Pool): vector<address> {
        self.shareholders
    }

    /// How many accounts have shares.
    public fun shareholders_count(self: &Pool): u64 {
        self.shareholders.length()
    }

    /// Sets how many coins the pool has, after rewards or losses.
    public fun update_total_coins(self: &mut Pool, new_total_coins: u64) {
        self.total_coins = new_total_coins;
    }

    /// Adds coins to the pool, and gives the shares that they buy to the shareholder. Returns how many those are.
    /// Aborts with `EPOOL_TOTAL_COINS_OVERFLOW` or `EPOOL_TOTAL_SHARES_OVERFLOW` if the pool would be too large, with
    /// `ETOO_MANY_SHAREHOLDERS` if the account would be one shareholder too many.
    public fun buy_in(self: &mut Pool, shareholder: address, coins_amount: u64): u64 {
        if (coins_amount == 0) return 0;
        let new_shares = self.amount_to_shares(coins_amount);
        assert!(
            coins_amount <= MAX_U64 - self.total_coins,
            error::invalid_argument(EPOOL_TOTAL_COINS_OVERFLOW)
        );
        assert!(
            new_shares <= MAX_U64 - self.total_shares,
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
    public fun redeem_shares(self: &mut Pool, shareholder: address, shares_to_redeem: u64): u64 {
        self.assert_has(shareholder, shares_to_redeem);
        if (shares_to_redeem == 0) return 0;
        let coins = self.shares_to_amount(shares_to_redeem);
        self.total_coins -= coins;
        self.total_shares -= shares_to_redeem;
        self.deduct_shares(shareholder, shares_to_redeem);
        coins
    }

    /// Moves shares from the first account to the second. Aborts with `ESHAREHOLDER_NOT_FOUND` if the first has no
    /// shares, with `EINSUFFICIENT_SHARES` if it has not enough, with `ETOO_MANY_SHAREHOLDERS` if the second would be
    /// one shareholder too many.
    public fun transfer_shares(
        self: &mut Pool, shareholder_1: address, shareholder_2: address, shares_to_transfer: u64
    ) {
        self.assert_has(shareholder_1, shares_to_transfer);
        if (shares_to_transfer == 0) return;
        self.deduct_shares(shareholder_1, shares_to_transfer);
        self.add_shares(shareholder_2, shares_to_transfer);
    }

    /// How many shares so many coins buy.
    public fun amount_to_shares(self: &Pool, coins_amount: u64): u64 {
        self.amount_to_shares_with_total_coins(coins_amount, self.total_coins)
    }

    /// How many shares so many coins would buy if the pool had `total_coins` coins.
    public fun amount_to_shares_with_total_coins(self: &Pool, coins_amount: u64, total_coins: u64): u64 {
        if (self.total_coins == 0 || self.total_shares == 0) {
            coins_amount * self.scaling_factor
        } else {
            self.multiply_then_divide(coins_amount, self.total_shares, total_coins)
        }
    }

    /// How many coins so many shares are worth.
    public fun shares_to_amount(self: &Pool, shares: u64): u64 {
        self.shares_to_amount_with_total_coins(shares, self.total_coins)
    }

    /// How many coins so many shares would be worth if the pool had `total_coins` coins.
    public fun shares_to_amount_with_total_coins(self: &Pool, shares: u64, total_coins: u64): u64 {
        if (self.total_coins == 0 || self.total_shares == 0) {
            0
        } else {
            self.multiply_then_divide(shares, total_coins, self.total_shares)
        }
    }

    /// `x * y / z`, rounded down. Aborts if `z` is zero, and if the result exceeds 64 bits.
    public fun multiply_then_divide(self: &Pool, x: u64, y: u64, z: u64): u64 {
        math64::mul_div(x, y, z)
    }

    /// Gives shares to an account. They have to be counted in `total_shares`.
    fun add_shares(self: &mut Pool, shareholder: address, new_shares: u64) {
        if (self.contains(shareholder)) {
            let shares = self.shares.borrow_mut(&shareholder);
            assert!(new_shares <= MAX_U64 - *shares, error::invalid_argument(ESHAREHOLDER_SHARES_OVERFLOW));
            *shares += new_shares;
        } else if (new_shares > 0) {
            assert!(
                self.shareholders.length() < self.shareholders_limit,
                error::invalid_state(ETOO_MANY_SHAREHOLDERS)
            );
            self.shareholders.push_back(shareholder);
            self.shares.add(shareholder, new_shares);
        }
    }

    /// Takes shares from an account that has them, and forgets it if it has no more.
    fun deduct_shares(self: &mut Pool, shareholder: address, shares_to_deduct: u64) {
        let shares = self.shares.borrow_mut(&shareholder);
        *shares -= shares_to_deduct;
        if (*shares == 0) {
            let (_, place) = self.shareholders.index_of(&shareholder);
            self.shareholders.remove(place);
            self.shares.remove(&shareholder);
        }
    }

    fun assert_has(self: &Pool, shareholder: address, shares: u64) {
        assert!(self.contains(shareholder), error::invalid_argument(ESHAREHOLDER_NOT_FOUND));
        assert!(self.shares(shareholder) >= shares, error::invalid_argument(EINSUFFICIENT_SHARES));
    }

    #[test_only]
    /// Ends a pool, whatever it has.
    public fun destroy_pool(self: Pool) {
        self.total_coins = 0;
        self.destroy_empty();
    }
}
