// An arm with a guard does not cover its variant.
module t::match_missing_because_of_guard {
    enum E has drop { A, B }
    fun f(e: E, b: bool): u64 { match (e) { E::A if (b) => 1, E::B => 2 } }
}
