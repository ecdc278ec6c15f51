// A nested variant is missing.
module t::match_missing_nested {
    enum I has drop { X, Y }
    enum E has drop { A(I), B }
    fun f(e: E): u64 { match (e) { E::A(I::X) => 1, E::B => 2 } }
}
