// T need not have drop.
module t::ability_of_type_parameter {
    fun f<T>(_t: T) { }
}
