// No such function.
module t::unbound_function {
    fun f(): u64 { g() }
}
