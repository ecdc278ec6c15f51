// A mutable reference to a part of what is shared.
module t::borrow_mutable_of_shared {
    struct S has drop { n: u64 }
    fun f(s: &S) { let r = &mut s.n; *r = 1 }
}
