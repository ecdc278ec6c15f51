// Sums, products and their limits at sixteen bits.
module t::arithmetic_u16 {
    fun mix(a: u16, b: u16): u16 { a * b + (a ^ b) - (a & b) }
    #[test] fun inside() { abort (mix(201, 33) as u64) }
    #[test] fun product_too_large() { mix(4000, 17); }
    #[test] fun top() { assert!(65535u16 - 1 == 65534, 7); assert!(0xffffu16 == 65535, 8) }
}
