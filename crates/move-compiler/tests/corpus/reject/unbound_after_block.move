// The local ended with its block.
module t::unbound_after_block {
    fun f(): u64 { { let x = 1; x }; x }
}
