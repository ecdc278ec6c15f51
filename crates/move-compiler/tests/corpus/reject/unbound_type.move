// No such type.
module t::unbound_type {
    fun f(x: Foo) { }
}
