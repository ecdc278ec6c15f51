// A reference to a resource leaves the function.
module t::borrow_returned_resource {
    struct R has key { n: u64 }
    fun f(a: address): &u64 acquires R { &borrow_global<R>(a).n }
}
