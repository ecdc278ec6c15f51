// A variant of another enum.
module t::match_other_enum {
    enum E has drop { A, B }
    enum F has drop { A, B }
    fun f(e: E): u64 { match (e) { F::A => 1, E::B => 2, _ => 3 } }
}
