// A function does not start with an underscore.
module t::syntax_function_underscore {
    fun _f() { }
}
