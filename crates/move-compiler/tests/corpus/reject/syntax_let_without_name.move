// let binds something.
module t::syntax_let_without_name {
    fun f() { let = 1; }
}
