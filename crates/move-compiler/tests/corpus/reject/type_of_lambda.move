// A lambda of another type.
module t::type_of_lambda {
    inline fun f(g: |u64| u64): u64 { g(1) }
    fun h(): u64 { f(|x| x == 1) }
}
