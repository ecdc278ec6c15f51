// ! is for bools.
module t::type_of_not {
    fun f(x: u64): bool { !x }
}
