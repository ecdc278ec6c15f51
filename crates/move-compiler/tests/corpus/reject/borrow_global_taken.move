// A resource is taken while it is borrowed.
module t::borrow_global_taken {
    struct R has key, drop { n: u64 }
    fun f(a: address) acquires R { let r = borrow_global_mut<R>(a); let _v = move_from<R>(a); r.n = 1 }
}
