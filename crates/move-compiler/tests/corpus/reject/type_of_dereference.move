// A number cannot be dereferenced.
module t::type_of_dereference {
    fun f(x: u64): u64 { *x }
}
