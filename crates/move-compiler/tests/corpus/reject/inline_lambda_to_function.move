// A function that is not inline takes no lambda.
module t::inline_lambda_to_function {
    fun f(g: |u64| u64): u64 { g(1) }
    fun h(): u64 { f(|x| x) }
}
