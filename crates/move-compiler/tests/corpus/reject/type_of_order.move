// Addresses have no order.
module t::type_of_order {
    fun f(x: address, y: address): bool { x < y }
}
