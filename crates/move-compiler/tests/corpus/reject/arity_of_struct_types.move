// Too few type arguments.
module t::arity_of_struct_types {
    struct P<A, B> has drop { a: A, b: B }
    fun f(_p: P<u8>) { }
}
