// No such named address.
module t::unbound_address {
    fun f(): address { @nobody }
}
