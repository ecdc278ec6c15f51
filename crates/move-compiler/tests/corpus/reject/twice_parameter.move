// Two parameters of a name.
module t::twice_parameter {
    fun f(a: u64, a: u64) { }
}
