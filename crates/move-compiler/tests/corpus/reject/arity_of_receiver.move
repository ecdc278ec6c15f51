// Too many arguments.
module t::arity_of_receiver {
    struct S has drop { n: u64 }
    fun get(self: &S): u64 { self.n }
    fun f(s: S): u64 { s.get(1) }
}
