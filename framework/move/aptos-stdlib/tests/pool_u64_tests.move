#[test_only]
module aptos_std::pool_u64_tests {
    use aptos_std::pool_u64::{Self as pool, Pool};

    const MAX_U64: u64 = 18446744073709551615;

    const ALICE: address = @0xa;
    const BOB: address = @0xb;
    const CAROL: address = @0xc;

    /// A pool where Alice has 1,000 shares of 2 coins each, and Bob 500.
    fun grown(): Pool {
        let p = pool::new(5);
        assert!(p.buy_in(ALICE, 1000) == 1000);
        p.update_total_coins(2000);
        assert!(p.buy_in(BOB, 1000) == 500);
        p
    }

    #[test]
    fun shares_cost_what_the_pool_is_worth() {
        let p = grown();
        assert!(p.total_coins() == 3000 && p.total_shares() == 1500);
        assert!(p.shares(ALICE) == 1000 && p.shares(BOB) == 500 && p.shares(CAROL) == 0);
        assert!(p.balance(ALICE) == 2000 && p.balance(BOB) == 1000 && p.balance(CAROL) == 0);
        assert!(p.contains(ALICE) && p.contains(BOB) && !p.contains(CAROL));
        assert!(p.shareholders_count() == 2);
        assert!(p.shareholders() == vector[ALICE, BOB]);

        p.update_total_coins(6000);
        assert!(p.redeem_shares(ALICE, 500) == 2000);
        assert!(p.total_coins() == 4000 && p.total_shares() == 1000);
        assert!(p.redeem_shares(ALICE, 500) == 2000);
        assert!(!p.contains(ALICE) && p.shareholders_count() == 1);
        assert!(p.shareholders() == vector[BOB]);
        assert!(p.redeem_shares(BOB, 500) == 2000);
        assert!(p.total_coins() == 0 && p.total_shares() == 0 && p.shareholders_count() == 0);
        p.destroy_empty();
    }

    #[test]
    fun buying_again_adds_up() {
        let p = grown();
        assert!(p.buy_in(ALICE, 100) == 50);
        assert!(p.shares(ALICE) == 1050 && p.total_shares() == 1550 && p.total_coins() == 3100);
        assert!(p.shareholders_count() == 2);
        p.destroy_pool();
    }

    #[test]
    fun nothing_buys_and_is_worth_nothing() {
        let p = pool::new(5);
        assert!(p.buy_in(ALICE, 0) == 0);
        assert!(!p.contains(ALICE) && p.shareholders_count() == 0);
        assert!(p.shares_to_amount(10) == 0);

        p.buy_in(ALICE, 10);
        assert!(p.redeem_shares(ALICE, 0) == 0);
        p.transfer_shares(ALICE, BOB, 0);
        assert!(p.shares(ALICE) == 10 && !p.contains(BOB));
        p.destroy_pool();
    }

    #[test]
    fun a_price_above_the_amount_buys_no_share() {
        let p = pool::new(5);
        p.buy_in(ALICE, 1);
        p.update_total_coins(10);
        // The coins go to the shares that are there.
        assert!(p.buy_in(BOB, 9) == 0);
        assert!(!p.contains(BOB) && p.balance(ALICE) == 19);
        p.destroy_pool();
    }

    #[test]
    fun rounding_favours_the_pool() {
        let p = pool::new(5);
        p.buy_in(ALICE, 3);
        p.update_total_coins(10);
        assert!(p.amount_to_shares(9) == 2);
        assert!(p.shares_to_amount(2) == 6);
        assert!(p.redeem_shares(ALICE, 2) == 6);
        assert!(p.total_coins() == 4 && p.balance(ALICE) == 4);
        p.destroy_pool();
    }

    #[test]
    fun shares_without_coins_are_worthless_and_bought_at_the_first_price() {
        let p = grown();
        p.update_total_coins(0);
        assert!(p.balance(ALICE) == 0);
        assert!(p.amount_to_shares(7) == 7);
        assert!(p.redeem_shares(ALICE, 1000) == 0);
        assert!(p.redeem_shares(BOB, 500) == 0);
        p.destroy_empty();
    }

    #[test]
    fun a_scaling_factor_makes_shares_finer() {
        let p = pool::create_with_scaling_factor(5, 1000);
        assert!(p.buy_in(ALICE, 3) == 3000);
        p.update_total_coins(4);
        assert!(p.buy_in(BOB, 1) == 750);
        assert!(p.balance(BOB) == 1 && p.balance(ALICE) == 4);
        p.destroy_pool();
    }

    #[test]
    fun shares_are_transferred() {
        let p = grown();
        p.transfer_shares(ALICE, CAROL, 400);
        assert!(p.shares(ALICE) == 600 && p.shares(CAROL) == 400);
        p.transfer_shares(ALICE, BOB, 600);
        assert!(!p.contains(ALICE) && p.shares(BOB) == 1100);
        p.transfer_shares(BOB, BOB, 1100);
        assert!(p.shares(BOB) == 1100 && p.shareholders_count() == 2);
        assert!(p.total_coins() == 3000 && p.total_shares() == 1500);
        p.destroy_pool();
    }

    #[test]
    fun worth_at_other_totals() {
        let p = grown();
        assert!(p.amount_to_shares_with_total_coins(1000, 6000) == 250);
        assert!(p.shares_to_amount_with_total_coins(500, 6000) == 2000);
        assert!(p.multiply_then_divide(MAX_U64, MAX_U64, MAX_U64) == MAX_U64);
        p.destroy_pool();
    }

    #[test]
    #[expected_failure(abort_code = 0x30003, location = aptos_std::pool_u64)]
    fun a_pool_with_coins_does_not_end() {
        grown().destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10006, location = aptos_std::pool_u64)]
    fun too_many_coins_abort() {
        let p = pool::new(5);
        p.buy_in(ALICE, MAX_U64 / 2);
        p.buy_in(BOB, MAX_U64 / 2 + 2);
        p.destroy_pool();
    }

    #[test]
    #[expected_failure(abort_code = 0x10007, location = aptos_std::pool_u64)]
    fun too_many_shares_abort() {
        let p = pool::create_with_scaling_factor(5, 1);
        p.buy_in(ALICE, MAX_U64);
        p.update_total_coins(1);
        p.buy_in(BOB, 1);
        p.destroy_pool();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::pool_u64)]
    fun a_stranger_redeems_nothing() {
        let p = grown();
        p.redeem_shares(CAROL, 1);
        p.destroy_pool();
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = aptos_std::pool_u64)]
    fun redeeming_too_many_shares_aborts() {
        let p = grown();
        p.redeem_shares(BOB, 501);
        p.destroy_pool();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::pool_u64)]
    fun a_stranger_transfers_nothing() {
        let p = grown();
        p.transfer_shares(CAROL, ALICE, 1);
        p.destroy_pool();
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = aptos_std::pool_u64)]
    fun transferring_too_many_shares_aborts() {
        let p = grown();
        p.transfer_shares(BOB, ALICE, 501);
        p.destroy_pool();
    }

    #[test]
    #[expected_failure(abort_code = 0x30002, location = aptos_std::pool_u64)]
    fun one_shareholder_too_many_aborts() {
        let p = pool::new(1);
        p.buy_in(ALICE, 10);
        p.buy_in(BOB, 10);
        p.destroy_pool();
    }

    #[test]
    #[expected_failure(abort_code = 0x30002, location = aptos_std::pool_u64)]
    fun a_transfer_to_one_shareholder_too_many_aborts() {
        let p = pool::new(1);
        p.buy_in(ALICE, 10);
        p.transfer_shares(ALICE, BOB, 9);
        p.destroy_pool();
    }

    #[test]
    fun a_place_becomes_free_when_all_shares_are_gone() {
        let p = pool::new(1);
        p.buy_in(ALICE, 10);
        p.transfer_shares(ALICE, BOB, 10);
        assert!(p.shareholders() == vector[BOB]);
        p.redeem_shares(BOB, 10);
        p.buy_in(CAROL, 10);
        assert!(p.shareholders() == vector[CAROL]);
        p.destroy_pool();
    }
}
