// A lambda with too many parameters.
module t::type_of_lambda_arity {
    inline fun f(g: |u64| u64): u64 { g(1) }
    fun h(): u64 { f(|x, y| x) }
}
