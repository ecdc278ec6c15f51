// A write to a field through a shared reference.
module t::borrow_field_write_of_shared {
    struct S has drop { n: u64 }
    fun f(s: &S) { s.n = 1 }
}
