// Shift amounts are bytes; as many bits as the type has are too many.
module t::shifts {
    fun left(a: u64, n: u8): u64 { a << n }
    fun right(a: u128, n: u8): u128 { a >> n }
    #[test] fun most() { abort left(3, 63) }
    #[test] fun too_far() { left(1, 64); }
    #[test] fun right_most() { assert!(right(1 << 127, 127) == 1, 9) }
    #[test] fun right_too_far() { right(5, 128); }
    #[test] fun widest() { let n = 255; assert!(1u256 << n >> n == 1, 4) }
}
