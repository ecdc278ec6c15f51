// Bools have no order.
module t::type_of_order_bool {
    fun f(x: bool, y: bool): bool { x < y }
}
