// `_` and names catch all the rest.
module t::match_wildcard {
    enum E has copy, drop { A, B, C, D(u8) }
    fun f(e: E): u64 { match (e) { E::B => 2, _ => 0 } }
    fun g(e: E): u64 { match (e) { E::B => 2, E::D(_) => 4, other => f(other) + 10 } }
    #[test] fun rest() { abort f(E::D(1)) }
    #[test] fun named() { abort g(E::C) }
    #[test] fun value_of_match_is_unit() { let x = 0; match (E::A) { E::A => x = 5, _ => {} }; abort x }
}
