// Operands of different widths.
module t::type_of_operands {
    fun f(a: u8, b: u64): u64 { a + b }
}
