// An attribute is not closed.
module t::syntax_attribute {
    #[test
    fun f() { }
}
