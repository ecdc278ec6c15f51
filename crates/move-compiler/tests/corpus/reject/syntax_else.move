// else without if.
module t::syntax_else {
    fun f() { else { } }
}
