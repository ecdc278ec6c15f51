// No such module.
module t::unbound_friend {
    friend t::nowhere;
    fun f() { }
}
