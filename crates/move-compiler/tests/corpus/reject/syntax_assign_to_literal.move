// A number is no place.
module t::syntax_assign_to_literal {
    fun f() { 1 = 2 }
}
