// No such local.
module t::unbound_local {
    fun f(): u64 { x + 1 }
}
