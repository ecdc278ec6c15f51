// Too few fields.
module t::arity_of_positional {
    struct P(u64, u64) has drop;
    fun f(): P { P(1) }
}
