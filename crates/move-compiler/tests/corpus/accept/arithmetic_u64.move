// Sixty-four bits.
module t::arithmetic_u64 {
    fun mean(a: u64, b: u64): u64 { a / 2 + b / 2 + (a % 2 + b % 2) / 2 }
    #[test] fun mean_of_large() { abort mean(18446744073709551615, 18446744073709551613) }
    #[test] fun too_large() { let a = 18446744073709551615; abort a + mean(1, 1) }
    #[test] fun remainder_of_zero() { let z = mean(0, 0); abort 5 % z }
}
