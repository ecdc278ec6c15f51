// A struct is changed while a reference to its field is in use.
module t::borrow_field_of_field {
    struct S has drop { n: u64 }
    fun f(s: &mut S): u64 { let n = &mut s.n; *s = S { n: 3 }; *n = 4; s.n }
}
