// No such variant.
module t::unbound_variant {
    enum E has drop { A, B }
    fun f(): E { E::C }
}
