// The parameter was u8 before.
module t::type_of_generic {
    fun same<T: drop>(_a: T, _b: T) {}
    fun f(a: u8, b: u64) { same(a, b) }
}
