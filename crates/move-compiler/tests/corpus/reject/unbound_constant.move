// No such constant.
module t::unbound_constant {
    fun f(): u64 { LIMIT }
}
