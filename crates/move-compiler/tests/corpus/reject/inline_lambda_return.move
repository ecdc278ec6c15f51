// A lambda does not return from its function.
module t::inline_lambda_return {
    inline fun f(g: |u64| u64): u64 { g(1) }
    fun h(): u64 { f(|x| { return x }) }
}
