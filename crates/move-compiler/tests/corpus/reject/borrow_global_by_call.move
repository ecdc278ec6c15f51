// A function that acquires the resource is called while it is borrowed.
module t::borrow_global_by_call {
    struct R has key { n: u64 }
    fun g(a: address) acquires R { borrow_global_mut<R>(a).n = 4 }
    fun f(a: address) acquires R { let r = borrow_global_mut<R>(a); g(a); r.n = 1 }
}
