// Comparisons of numbers, and equality of all.
module t::comparisons {
    fun bits(a: bool, b: bool, c: bool, d: bool): u64 { (if (a) 8 else 0) + (if (b) 4 else 0) + (if (c) 2 else 0) + (if (d) 1 else 0) }
    #[test] fun less() { abort bits(1u8 < 2, 2u64 < 2, 3u128 <= 3, 4u256 <= 3) }
    #[test] fun greater() { abort bits(1u16 > 2, 2u32 >= 2, 3u256 > 2, 4u64 >= 5) }
    #[test] fun equal() { abort bits(@1 == @0x1, vector[1] == vector[2], true != false, b"" == x"") }
    #[test(a = @1)] fun signers(a: signer) { abort bits(&a == &a, true, false, false) }
    #[test] fun chain() { abort bits(1 < 2 && 2 < 3, 1 + 1 == 2, 3 & 1 == 1, !(1 == 1)) }
}
