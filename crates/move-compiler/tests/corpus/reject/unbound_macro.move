// No such macro.
module t::unbound_macro {
    fun f() { check!(true) }
}
