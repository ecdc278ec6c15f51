// Both sides of == have the same type.
module t::type_of_equality {
    fun f(x: u64, y: address): bool { x == y }
}
