// A semicolon is missing.
module t::syntax_semicolon {
    fun f() { let x = 1 let y = 2; }
}
