// & is no &mut.
module t::type_of_immutable_reference {
    fun f(x: &mut u64) { *x = 1 }
    fun g(x: &u64) { f(x) }
}
