// Equality destroys its operands.
module t::ability_drop_by_equality {
    struct S { n: u64 }
    fun f(a: S, b: S): bool { a == b }
}
