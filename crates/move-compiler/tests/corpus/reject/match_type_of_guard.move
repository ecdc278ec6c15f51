// A guard is a bool.
module t::match_type_of_guard {
    enum E has drop { A(u64), B }
    fun f(e: E): u64 { match (e) { E::A(x) if (x) => 1, _ => 2 } }
}
