// The function is private.
module t::visibility_private_lib {
    fun f() {}
}
module t::visibility_private {
    fun g() { t::visibility_private_lib::f() }
}
