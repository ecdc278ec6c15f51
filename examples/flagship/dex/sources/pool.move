/// An exchange of fungible assets by the rule of the constant product. Each pool is an object, and a fungible asset
/// itself: its shares. ETH is the asset `@0xa`, an ERC-20 the asset that shows it (`0x1::faces`).
module dex::pool {
    use std::error;
    use std::option;
    use std::signer;
    use std::string;
    use aptos_std::math128;
    use aptos_framework::event;
    use aptos_framework::fungible_asset::{Self, BurnRef, Metadata, MintRef};
    use aptos_framework::object::{Self, ExtendRef, Object};
    use aptos_framework::primary_fungible_store as store;

    /// The pool gives less than what was asked for at least
    const ESLIPPAGE: u64 = 1;
    /// The pool is paused
    const EPAUSED: u64 = 2;
    /// Only who made the pool may do that
    const ENOT_ADMIN: u64 = 3;
    /// The pool does not have this asset
    const EWRONG_ASSET: u64 = 4;
    /// The amount is too small to change anything
    const ETOO_LITTLE: u64 = 5;
    /// The two assets are the same
    const ESAME_ASSET: u64 = 6;
    /// A fee is less than 10,000 hundredths of a percent
    const EFEE: u64 = 7;

    const FEE_UNITS: u64 = 10_000;
    /// Shares that nobody can take out, so that the first provider cannot make one share worth a fortune.
    const LOCKED_SHARES: u64 = 1_000;

    /// Two reserves and a price between them.
    struct Pool has key {
        x: Object<Metadata>,
        y: Object<Metadata>,
        x_reserve: u64,
        y_reserve: u64,
        /// In hundredths of a percent of what is paid.
        fee: u64,
        admin: address,
        is_paused: bool,
        extend: ExtendRef,
        mint: MintRef,
        burn: BurnRef
    }

    /// What a pool holds and takes.
    struct State has copy, drop {
        x_reserve: u64,
        y_reserve: u64,
        shares: u128,
        fee: u64,
        is_paused: bool
    }

    #[event]
    struct Swapped has drop, store {
        pool: address,
        by: address,
        from: address,
        paid: u64,
        got: u64
    }

    #[event]
    struct LiquidityChanged has drop, store {
        pool: address,
        by: address,
        x_reserve: u64,
        y_reserve: u64
    }

    /// Makes an empty pool. `fee` is in hundredths of a percent.
    public entry fun create(admin: &signer, x: Object<Metadata>, y: Object<Metadata>, fee: u64) {
        assert!(x != y, error::invalid_argument(ESAME_ASSET));
        assert!(fee < FEE_UNITS, error::invalid_argument(EFEE));
        let constructor = object::create_named_object(admin, seed(x, y));
        store::create_primary_store_enabled_fungible_asset(
            &constructor,
            option::none(),
            string::utf8(b"Pool share"),
            string::utf8(b"SHARE"),
            8,
            string::utf8(b""),
            string::utf8(b"")
        );
        let pool = Pool {
            x,
            y,
            x_reserve: 0,
            y_reserve: 0,
            fee,
            admin: signer::address_of(admin),
            is_paused: false,
            extend: object::generate_extend_ref(&constructor),
            mint: fungible_asset::generate_mint_ref(&constructor),
            burn: fungible_asset::generate_burn_ref(&constructor)
        };
        move_to(&object::generate_signer(&constructor), pool);
    }

    #[view]
    /// The pool that an account has made for two assets.
    public fun pool_of(admin: address, x: Object<Metadata>, y: Object<Metadata>): Object<Pool> {
        object::address_to_object(object::create_object_address(&admin, seed(x, y)))
    }

    #[view]
    public fun state(pool: Object<Pool>): State {
        let shares = shares(pool);
        let pool = &Pool[object::object_address(&pool)];
        State { x_reserve: pool.x_reserve, y_reserve: pool.y_reserve, shares, fee: pool.fee, is_paused: pool.is_paused }
    }

    #[view]
    /// What `amount` of an asset would buy now.
    public fun quote(pool: Object<Pool>, from: Object<Metadata>, amount: u64): u64 {
        let pool = &Pool[object::object_address(&pool)];
        let (paid_reserve, got_reserve, _) = sides(pool, from);
        bought(amount, paid_reserve, got_reserve, pool.fee)
    }

    /// Sells `amount` of an asset for the other one, of which the pool must give `minimum` at least. Returns how much
    /// it gave.
    public fun swap(account: &signer, pool: Object<Pool>, from: Object<Metadata>, amount: u64, minimum: u64): u64 {
        let at = object::object_address(&pool);
        let (paid_reserve, got_reserve, to) = open_sides(at, from);
        let got = bought(amount, paid_reserve, got_reserve, Pool[at].fee);
        assert!(got > 0, error::invalid_argument(ETOO_LITTLE));
        assert!(got >= minimum, error::aborted(ESLIPPAGE));
        // Tokens of other machines run code of their own, so nothing of the pool is held on to meanwhile.
        store::deposit(at, store::withdraw(account, from, amount));
        store::deposit(signer::address_of(account), store::withdraw(&pool_signer(at), to, got));
        let pool = &mut Pool[at];
        if (from == pool.x) {
            pool.x_reserve += amount;
            pool.y_reserve -= got;
        } else {
            pool.y_reserve += amount;
            pool.x_reserve -= got;
        };
        let by = signer::address_of(account);
        event::emit(Swapped { pool: at, by, from: object::object_address(&from), paid: amount, got });
        got
    }

    /// The same as a transaction.
    public entry fun sell(account: &signer, pool: Object<Pool>, from: Object<Metadata>, amount: u64, minimum: u64) {
        swap(account, pool, from, amount, minimum);
    }

    /// Puts both assets into the pool, of each at most as much as is said and together in the proportion of the
    /// reserves, for `minimum` shares at least. Returns the shares.
    public fun add_liquidity(account: &signer, pool: Object<Pool>, x_most: u64, y_most: u64, minimum: u64): u64 {
        let at = object::object_address(&pool);
        let (x, y, x_reserve, y_reserve) = (Pool[at].x, Pool[at].y, Pool[at].x_reserve, Pool[at].y_reserve);
        assert!(!Pool[at].is_paused, error::invalid_state(EPAUSED));
        let shares = shares(pool);
        let (x_amount, y_amount, made) =
            if (shares == 0) {
                let root = math128::sqrt((x_most as u128) * (y_most as u128));
                assert!(root > (LOCKED_SHARES as u128), error::invalid_argument(ETOO_LITTLE));
                (x_most, y_most, (root as u64) - LOCKED_SHARES)
            } else {
                let by_x = (x_most as u128) * shares / (x_reserve as u128);
                let by_y = (y_most as u128) * shares / (y_reserve as u128);
                let made = if (by_x < by_y) by_x else by_y;
                let x_amount = math128::ceil_div(made * (x_reserve as u128), shares);
                let y_amount = math128::ceil_div(made * (y_reserve as u128), shares);
                ((x_amount as u64), (y_amount as u64), (made as u64))
            };
        assert!(made > 0, error::invalid_argument(ETOO_LITTLE));
        assert!(made >= minimum, error::aborted(ESLIPPAGE));
        store::deposit(at, store::withdraw(account, x, x_amount));
        store::deposit(at, store::withdraw(account, y, y_amount));
        let by = signer::address_of(account);
        if (shares == 0) {
            store::deposit(at, fungible_asset::mint(&Pool[at].mint, LOCKED_SHARES));
        };
        store::deposit(by, fungible_asset::mint(&Pool[at].mint, made));
        changed(at, by, x_reserve + x_amount, y_reserve + y_amount);
        made
    }

    /// The same as a transaction.
    public entry fun provide(account: &signer, pool: Object<Pool>, x_most: u64, y_most: u64, minimum: u64) {
        add_liquidity(account, pool, x_most, y_most, minimum);
    }

    /// Takes out the part of both reserves that belongs to some shares, and returns it; of each asset it must be as
    /// much as is said at least.
    public fun remove_liquidity(
        account: &signer, pool: Object<Pool>, amount: u64, x_minimum: u64, y_minimum: u64
    ): (u64, u64) {
        let at = object::object_address(&pool);
        let (x, y, x_reserve, y_reserve) = (Pool[at].x, Pool[at].y, Pool[at].x_reserve, Pool[at].y_reserve);
        let shares = shares(pool);
        assert!(amount > 0, error::invalid_argument(ETOO_LITTLE));
        let x_amount = (((amount as u128) * (x_reserve as u128) / shares) as u64);
        let y_amount = (((amount as u128) * (y_reserve as u128) / shares) as u64);
        assert!(x_amount >= x_minimum && y_amount >= y_minimum, error::aborted(ESLIPPAGE));
        fungible_asset::burn(&Pool[at].burn, store::withdraw(account, pool, amount));
        let by = signer::address_of(account);
        store::deposit(by, store::withdraw(&pool_signer(at), x, x_amount));
        store::deposit(by, store::withdraw(&pool_signer(at), y, y_amount));
        changed(at, by, x_reserve - x_amount, y_reserve - y_amount);
        (x_amount, y_amount)
    }

    /// The same as a transaction.
    public entry fun withdraw(account: &signer, pool: Object<Pool>, amount: u64, x_minimum: u64, y_minimum: u64) {
        remove_liquidity(account, pool, amount, x_minimum, y_minimum);
    }

    /// Stops swaps and new liquidity, or allows them again. Liquidity can always be taken out.
    public entry fun set_paused(admin: &signer, pool: Object<Pool>, is_paused: bool) {
        let pool = &mut Pool[object::object_address(&pool)];
        assert!(pool.admin == signer::address_of(admin), error::permission_denied(ENOT_ADMIN));
        pool.is_paused = is_paused;
    }

    fun changed(at: address, by: address, x_reserve: u64, y_reserve: u64) {
        let pool = &mut Pool[at];
        pool.x_reserve = x_reserve;
        pool.y_reserve = y_reserve;
        event::emit(LiquidityChanged { pool: at, by, x_reserve, y_reserve });
    }

    fun seed(x: Object<Metadata>, y: Object<Metadata>): vector<u8> {
        let seed = std::bcs::to_bytes(&x);
        seed.append(std::bcs::to_bytes(&y));
        seed
    }

    fun shares(pool: Object<Pool>): u128 {
        fungible_asset::supply(pool).destroy_with_default(0)
    }

    fun pool_signer(at: address): signer {
        object::generate_signer_for_extending(&Pool[at].extend)
    }

    /// The reserve that a sale of an asset adds to, the one that it takes from, and the asset of that.
    fun sides(pool: &Pool, from: Object<Metadata>): (u64, u64, Object<Metadata>) {
        if (from == pool.x) {
            (pool.x_reserve, pool.y_reserve, pool.y)
        } else {
            assert!(from == pool.y, error::invalid_argument(EWRONG_ASSET));
            (pool.y_reserve, pool.x_reserve, pool.x)
        }
    }

    fun open_sides(at: address, from: Object<Metadata>): (u64, u64, Object<Metadata>) {
        let pool = &Pool[at];
        assert!(!pool.is_paused, error::invalid_state(EPAUSED));
        sides(pool, from)
    }

    /// The product of the reserves does not become less: the fee stays in the pool, and fractions too.
    fun bought(amount: u64, paid_reserve: u64, got_reserve: u64, fee: u64): u64 {
        let paid = (amount as u256) * ((FEE_UNITS - fee) as u256);
        let reserve = (paid_reserve as u256) * (FEE_UNITS as u256);
        if (reserve + paid == 0) return 0;
        ((paid * (got_reserve as u256) / (reserve + paid)) as u64)
    }

    #[test_only]
    fun asset(maker: &signer, name: vector<u8>, holder: address, amount: u64): Object<Metadata> {
        let constructor = object::create_named_object(maker, name);
        let name = string::utf8(name);
        let nothing = string::utf8(b"");
        store::create_primary_store_enabled_fungible_asset(&constructor, option::none(), name, name, 6, nothing, nothing);
        store::deposit(holder, fungible_asset::mint(&fungible_asset::generate_mint_ref(&constructor), amount));
        object::object_from_constructor_ref(&constructor)
    }

    #[test_only]
    fun pool_for_test(maker: &signer): (Object<Pool>, Object<Metadata>, Object<Metadata>) {
        let who = signer::address_of(maker);
        let (x, y) = (asset(maker, b"X", who, 1_000_000_000), asset(maker, b"Y", who, 1_000_000_000));
        create(maker, x, y, 30);
        let pool = pool_of(who, x, y);
        assert!(add_liquidity(maker, pool, 1_000_000, 4_000_000, 0) == 2_000_000 - LOCKED_SHARES);
        (pool, x, y)
    }

    #[test(maker = @0xa11ce)]
    fun a_swap_gives_what_the_product_says(maker: &signer) {
        let (pool, x, y) = pool_for_test(maker);
        let who = signer::address_of(maker);
        let expected = (10_000 * 9_970 * 4_000_000) / (1_000_000 * 10_000 + 10_000 * 9_970);
        assert!(quote(pool, x, 10_000) == expected);
        let held = store::balance(who, y);
        assert!(swap(maker, pool, x, 10_000, expected) == expected);
        assert!(store::balance(who, y) == held + expected);
        let state = state(pool);
        assert!(state.x_reserve == 1_010_000 && state.y_reserve == 4_000_000 - expected);
        assert!((state.x_reserve as u128) * (state.y_reserve as u128) >= 4_000_000_000_000);
        // And back: the fees stay.
        let back = swap(maker, pool, y, expected, 0);
        assert!(back < 10_000);
    }

    #[test(maker = @0xa11ce)]
    fun shares_are_worth_their_part_of_the_reserves(maker: &signer) {
        let (pool, _, _) = pool_for_test(maker);
        let made = add_liquidity(maker, pool, 500_000, 9_000_000, 0);
        assert!(made == 1_000_000);
        let state = state(pool);
        assert!(state.x_reserve == 1_500_000 && state.y_reserve == 6_000_000 && state.shares == 3_000_000);
        let (x, y) = remove_liquidity(maker, pool, made, 500_000, 2_000_000);
        assert!(x == 500_000 && y == 2_000_000);
    }

    #[test(maker = @0xa11ce)]
    fun adding_rounds_in_favour_of_those_who_are_in(maker: &signer) {
        let (pool, x, _) = pool_for_test(maker);
        swap(maker, pool, x, 333, 0);
        let before = state(pool);
        add_liquidity(maker, pool, 777, 777_777, 0);
        let after = state(pool);
        assert!((after.x_reserve as u256) * (before.shares as u256) >= (before.x_reserve as u256) * (after.shares as u256));
        assert!((after.y_reserve as u256) * (before.shares as u256) >= (before.y_reserve as u256) * (after.shares as u256));
    }

    #[test(maker = @0xa11ce)]
    #[expected_failure(abort_code = 0x70001, location = Self)]
    fun one_unit_too_little_is_refused(maker: &signer) {
        let (pool, x, _) = pool_for_test(maker);
        let least = quote(pool, x, 10_000) + 1;
        swap(maker, pool, x, 10_000, least);
    }

    #[test(maker = @0xa11ce)]
    #[expected_failure(abort_code = 0x30002, location = Self)]
    fun a_paused_pool_does_not_swap(maker: &signer) {
        let (pool, x, _) = pool_for_test(maker);
        set_paused(maker, pool, true);
        swap(maker, pool, x, 10_000, 0);
    }

    #[test(maker = @0xa11ce)]
    fun a_paused_pool_gives_back(maker: &signer) {
        let (pool, _, _) = pool_for_test(maker);
        set_paused(maker, pool, true);
        remove_liquidity(maker, pool, 1_000, 1, 1);
    }

    #[test(maker = @0xa11ce, other = @0xb0b)]
    #[expected_failure(abort_code = 0x50003, location = Self)]
    fun others_do_not_pause(maker: &signer, other: &signer) {
        let (pool, _, _) = pool_for_test(maker);
        set_paused(other, pool, true);
    }

    #[test(maker = @0xa11ce)]
    #[expected_failure(abort_code = 0x10004, location = Self)]
    fun a_pool_has_two_assets(maker: &signer) {
        let (pool, _, _) = pool_for_test(maker);
        let z = asset(maker, b"Z", @0x7, 1);
        quote(pool, z, 1);
    }

    #[test(maker = @0xa11ce)]
    #[expected_failure(abort_code = 0x10005, location = Self)]
    fun nothing_is_sold_for_nothing(maker: &signer) {
        let (pool, _, y) = pool_for_test(maker);
        swap(maker, pool, y, 1, 0);
    }
}
