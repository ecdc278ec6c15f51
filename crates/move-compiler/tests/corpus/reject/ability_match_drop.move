// A wildcard drops a variant's value.
module t::ability_match_drop {
    struct S { n: u64 }
    enum E { A, B { s: S } }
    fun f(e: E) { match (e) { E::A => {}, E::B { s: _ } => {} } }
}
