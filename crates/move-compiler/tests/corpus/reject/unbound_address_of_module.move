// No such named address.
module t::unbound_address_of_module {
    use nobody::m;
    fun f() { m::f() }
}
