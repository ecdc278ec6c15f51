// A resource is borrowed while a mutable reference to it is in use.
module t::borrow_global_twice {
    struct R has key { n: u64 }
    fun f(a: address) acquires R { let r = borrow_global_mut<R>(a); let s = borrow_global_mut<R>(a); r.n = 1; s.n = 2 }
}
