// Numbers have no elements.
module t::type_of_indexed {
    fun f(v: u64): u64 { v[0] }
}
