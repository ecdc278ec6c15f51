// Fields have names.
module t::arity_positional_with_names {
    struct P { a: u64 }
    fun f(): P { P(1) }
}
