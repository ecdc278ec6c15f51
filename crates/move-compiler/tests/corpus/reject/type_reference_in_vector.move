// Elements are no references.
module t::type_reference_in_vector {
    fun f(x: u64) { let _v = vector[&x]; }
}
