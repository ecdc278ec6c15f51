// Arms of different types.
module t::match_type_of_arms {
    enum E has drop { A, B }
    fun f(e: E): u64 { match (e) { E::A => 1, E::B => true } }
}
