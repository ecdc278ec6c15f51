// The same pattern twice.
module t::match_unreachable_twice {
    enum E has drop { A, B }
    fun f(e: E): u64 { match (e) { E::A => 1, E::A => 2, E::B => 3 } }
}
