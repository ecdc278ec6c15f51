// Two hundred and fifty-six bits.
module t::arithmetic_u256 {
    fun square(a: u256): u256 { a * a }
    #[test] fun inside() { abort ((square(square(987654321987654321)) >> 200) as u64) }
    #[test] fun outside() { square(1u256 << 128); }
    #[test] fun top() {
        let m = 115792089237316195423570985008687907853269984665640564039457584007913129639935u256;
        assert!(m ^ m == 0, 1);
        assert!(m >> 255 == 1, 2);
        abort ((m % 1000000007) as u64)
    }
}
