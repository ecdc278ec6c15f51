// Two rests.
module t::arity_two_rests {
    struct P(u64, u64, u64) has drop;
    fun f(p: P): u64 { let P(.., a, ..) = p; a }
}
