// A field is missing.
module t::arity_of_unpack {
    struct P has drop { a: u64, b: u64 }
    fun f(p: P): u64 { let P { a } = p; a }
}
