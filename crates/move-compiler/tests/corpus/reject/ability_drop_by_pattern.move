// A wildcard drops.
module t::ability_drop_by_pattern {
    struct S { n: u64 }
    struct W { s: S }
    fun f(w: W) { let W { s: _ } = w; }
}
