// The amount of a shift is a u8.
module t::type_of_shift {
    fun f(a: u64, n: u64): u64 { a << n }
}
