// Too few fields.
module t::arity_of_variant {
    enum E has drop { A(u64, u64) }
    fun f(): E { E::A(1) }
}
