// Too many type arguments.
module t::arity_of_type_arguments {
    fun g<T: drop>(_t: T) { }
    fun f() { g<u64, u8>(1) }
}
