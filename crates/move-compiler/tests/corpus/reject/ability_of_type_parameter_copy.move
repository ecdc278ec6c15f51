// T need not have copy.
module t::ability_of_type_parameter_copy {
    fun f<T: drop>(t: &T): T { *t }
}
