// Only its module reads fields.
module t::visibility_field_lib {
    struct S has drop { n: u64 }
}
module t::visibility_field {
    fun g(s: &t::visibility_field_lib::S): u64 { s.n }
}
