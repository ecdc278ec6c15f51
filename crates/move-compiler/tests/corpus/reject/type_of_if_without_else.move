// Without else the branch has no value.
module t::type_of_if_without_else {
    fun f(b: bool): u64 { if (b) 1 }
}
