// A brace is missing.
module t::syntax_brace {
    fun f() { let x = 1;
}
