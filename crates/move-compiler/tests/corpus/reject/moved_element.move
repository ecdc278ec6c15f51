// An element cannot be moved out.
module t::moved_element {
    struct T has drop { n: u64 }
    fun f(v: vector<T>): T { v[0] }
}
