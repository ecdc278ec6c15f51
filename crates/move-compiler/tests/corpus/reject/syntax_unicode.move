// Only ASCII outside of comments.
module t::syntax_unicode {
    fun fé() { }
}
