// Nothing can be cast to a bool.
module t::type_of_cast_target {
    fun f(b: u64): bool { b as bool }
}
