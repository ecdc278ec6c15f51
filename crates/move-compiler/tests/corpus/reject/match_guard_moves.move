// A guard sees its names by reference.
module t::match_guard_moves {
    struct S has drop { n: u64 }
    enum E has drop { A(S), B }
    fun eat(s: S): bool { s.n == 1 }
    fun f(e: E): u64 { match (e) { E::A(s) if (eat(s)) => 1, _ => 2 } }
}
