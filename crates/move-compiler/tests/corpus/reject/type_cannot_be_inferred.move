// Nothing says what the elements are.
module t::type_cannot_be_inferred {
    fun f() { let _v = vector[]; }
}
