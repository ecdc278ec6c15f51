// Locals are always mutable.
module t::syntax_mut {
    fun f() { let mut x = 1; x = 2; }
}
