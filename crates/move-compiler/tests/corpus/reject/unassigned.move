// A local without value.
module t::unassigned {
    fun f(): u64 { let x: u64; x }
}
