// Sums, products and their limits at eight bits.
module t::arithmetic_u8 {
    fun mix(a: u8, b: u8): u8 { (a + b) * 2 - a / b + a % b }
    #[test] fun inside() { assert!(mix(10, 3) == 24, 1); abort (mix(50, 7) as u64) }
    #[test] fun sum_too_large() { mix(200, 100); }
    #[test] fun difference_below_zero() { let a = 3u8; let b = a + 1; abort ((a - b) as u64) }
    #[test] #[expected_failure(arithmetic_error, location = Self)]
    fun zero_divides() { mix(1, 0); }
}
