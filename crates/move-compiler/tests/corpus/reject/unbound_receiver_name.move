// The parameter is not called self.
module t::unbound_receiver_name {
    struct S has drop { n: u64 }
    fun get(s: &S): u64 { s.n }
    fun f(s: S): u64 { s.get() }
}
