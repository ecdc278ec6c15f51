// A keyword is no name.
module t::syntax_keyword_as_name {
    fun f() { let while = 1; }
}
