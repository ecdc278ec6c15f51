// References to references.
module t::type_reference_of_reference {
    fun f(x: &u64): u64 { **(&x) }
    fun g(_y: &&u64) {}
}
