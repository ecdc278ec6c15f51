// A hundred and twenty-eight bits.
module t::arithmetic_u128 {
    fun square(a: u128): u128 { a * a }
    #[test] fun inside() { assert!(square(1 << 60) == 1u128 << 120, 1); abort ((square(0xdead_beef_dead) >> 30) as u64) }
    #[test] fun outside() { square(1 << 64); }
}
