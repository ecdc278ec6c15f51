#[test_only]
module aptos_std::pool_u64_unbound_tests {
    use aptos_std::pool_u64_unbound as pool;

    const A: address = @0xA;
    const B: address = @0xB;
    const MAX_U64: u64 = 18446744073709551615;

    #[test]
    fun shares_follow_the_coins() {
        let pool = pool::new();
        assert!(pool.buy_in(A, 1000) == 1000, 0);
        assert!(pool.buy_in(B, 0) == 0 && !pool.contains(B), 1);
        // Rewards make a share worth 2 coins.
        pool.update_total_coins(2000);
        assert!(pool.buy_in(B, 501) == 250, 2);
        assert!(pool.total_coins() == 2501 && pool.total_shares() == 1250, 3);
        assert!(pool.balance(A) == 2000 && pool.balance(B) == 500, 4);
        assert!(pool.shareholders_count() == 2, 5);
        pool.transfer_shares(A, B, 400);
        assert!(pool.shares(A) == 600 && pool.shares(B) == 650, 6);
        assert!(pool.redeem_shares(A, 600) == 1200, 7);
        assert!(!pool.contains(A) && pool.shares(A) == 0 && pool.shareholders_count() == 1, 8);
        assert!(pool.redeem_shares(B, 650) == 1301, 9);
        pool.destroy_empty();
    }

    #[test]
    fun what_shares_would_be_worth() {
        let pool = pool::create_with_scaling_factor(1000);
        assert!(pool.shares_to_amount(5) == 0 && pool.amount_to_shares(7) == 7000, 0);
        assert!(pool.buy_in(A, MAX_U64) == (MAX_U64 as u128) * 1000, 1);
        assert!(pool.shares_to_amount_with_total_coins(2000, MAX_U64 / 2) == 0, 2);
        assert!(pool.shares_to_amount_with_total_coins(4000, MAX_U64 / 2) == 1, 3);
        assert!(pool.shares_to_amount_with_total_stats(30, 100, 300) == 10, 4);
        assert!(pool.shares_to_amount_with_total_stats(30, 100, 0) == 0, 5);
        assert!(pool.amount_to_shares_with_total_coins(1, MAX_U64 / 2) == 2000, 6);
        pool.destroy_pool();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::pool_u64_unbound)]
    fun who_has_none_redeems_none() {
        let pool = pool::new();
        pool.redeem_shares(A, 0);
        pool.destroy_pool();
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = aptos_std::pool_u64_unbound)]
    fun nobody_transfers_more_than_there_is() {
        let pool = pool::new();
        pool.buy_in(A, 10);
        pool.transfer_shares(A, B, 11);
        pool.destroy_pool();
    }

    #[test]
    #[expected_failure(abort_code = 0x10006, location = aptos_std::pool_u64_unbound)]
    fun coins_are_bounded() {
        let pool = pool::new();
        pool.buy_in(A, MAX_U64);
        pool.buy_in(B, 1);
        pool.destroy_pool();
    }

    #[test]
    #[expected_failure(abort_code = 0x30003, location = aptos_std::pool_u64_unbound)]
    fun pools_with_coins_stay() {
        let pool = pool::new();
        pool.buy_in(A, 1);
        pool.destroy_empty();
    }
}
