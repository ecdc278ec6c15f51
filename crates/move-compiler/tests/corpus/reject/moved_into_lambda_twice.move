// A lambda moves its capture whenever it is called.
module t::moved_into_lambda_twice {
    struct S has drop { n: u64 }
    fun eat(_s: S) { }
    inline fun twice(g: ||) { g(); g() }
    fun f(s: S) { twice(|| eat(s)) }
}
