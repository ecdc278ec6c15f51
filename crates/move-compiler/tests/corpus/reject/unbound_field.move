// No such field.
module t::unbound_field {
    struct S has drop { n: u64 }
    fun f(s: S): u64 { s.m }
}
