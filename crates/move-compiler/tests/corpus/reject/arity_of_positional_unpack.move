// A field too many.
module t::arity_of_positional_unpack {
    struct P(u64, u64) has drop;
    fun f(p: P): u64 { let P(a, b, c) = p; a + b + c }
}
