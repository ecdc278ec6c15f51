// return without value.
module t::control_return_arity {
    fun f(): u64 { return }
}
