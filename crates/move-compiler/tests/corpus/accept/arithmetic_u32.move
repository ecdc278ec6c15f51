// Thirty-two bits.
module t::arithmetic_u32 {
    fun mix(a: u32, b: u32): u32 { (a << 3) + (b >> 2) - (a | b) }
    #[test] fun inside() { abort (mix(123_456, 9_999) as u64) }
    #[test] fun lost_bits() { assert!((0xffff_ffffu32 << 31) == 0x8000_0000, 1) }
    #[test] fun too_large() { let a = 0xffff_ffffu32; abort ((a + 1) as u64) }
}
