// && is for bools.
module t::type_of_and {
    fun f(x: u64): bool { true && x }
}
