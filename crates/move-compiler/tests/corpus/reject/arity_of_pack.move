// A field is missing.
module t::arity_of_pack {
    struct P has drop { a: u64, b: u64 }
    fun f(): P { P { a: 1 } }
}
