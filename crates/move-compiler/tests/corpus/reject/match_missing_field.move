// A field is missing.
module t::match_missing_field {
    enum E has drop { A { x: u64, y: u64 }, B }
    fun f(e: E): u64 { match (e) { E::A { x } => x, E::B => 2 } }
}
