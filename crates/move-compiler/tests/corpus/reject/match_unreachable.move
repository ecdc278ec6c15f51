// An arm after the one that covers all.
module t::match_unreachable {
    enum E has drop { A, B }
    fun f(e: E): u64 { match (e) { _ => 1, E::A => 2 } }
}
