// A number is no address.
module t::type_literal_of_address {
    fun f(): address { 0x1 }
}
