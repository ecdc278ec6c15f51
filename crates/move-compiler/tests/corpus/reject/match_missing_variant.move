// A variant is missing.
module t::match_missing_variant {
    enum E has drop { A, B, C }
    fun f(e: E): u64 { match (e) { E::A => 1, E::C => 2 } }
}
