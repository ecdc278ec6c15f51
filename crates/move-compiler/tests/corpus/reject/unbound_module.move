// No such module.
module t::unbound_module {
    use t::nowhere;
    fun f() { nowhere::f() }
}
