// Only its module matches on an enum.
module t::visibility_match_lib {
    enum E has drop { A, B }
}
module t::visibility_match {
    fun g(e: t::visibility_match_lib::E): u64 { match (e) { A => 1, B => 2 } }
}
