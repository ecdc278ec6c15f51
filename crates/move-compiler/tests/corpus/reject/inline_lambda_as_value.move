// A lambda is no value.
module t::inline_lambda_as_value {
    fun f() { let _g = |x: u64| x + 1; }
}
