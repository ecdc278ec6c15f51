// Branches of different types.
module t::type_of_branches {
    fun f(b: bool): u64 { if (b) 1 else false }
}
