// A value is no reference.
module t::type_of_reference_argument {
    fun f(x: &u64): u64 { *x }
    fun g(x: u64): u64 { f(x) }
}
