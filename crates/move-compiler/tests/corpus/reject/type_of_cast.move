// A bool cannot be cast.
module t::type_of_cast {
    fun f(b: bool): u64 { b as u64 }
}
