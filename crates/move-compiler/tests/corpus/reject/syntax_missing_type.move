// A parameter has a type.
module t::syntax_missing_type {
    fun f(x) { }
}
