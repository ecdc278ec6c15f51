// A reference to a parameter leaves the function.
module t::borrow_returned_parameter {
    struct S has drop { n: u64 }
    fun f(s: S): &u64 { &s.n }
}
