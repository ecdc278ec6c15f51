// No such type parameter.
module t::unbound_type_parameter {
    fun f(x: T) { }
}
