// Too many fields.
module t::match_arity {
    enum E has drop { A(u64), B }
    fun f(e: E): u64 { match (e) { E::A(x, y) => x + y, E::B => 2 } }
}
