// Two type parameters of a name.
module t::twice_type_parameter {
    fun f<T, T>() { }
}
