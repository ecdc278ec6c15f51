// An index is a u64.
module t::type_of_index {
    fun f(v: vector<u8>, i: u8): u8 { v[i] }
}
