// A local starts with a small letter.
module t::syntax_local_capital {
    fun f() { let X = 1; }
}
