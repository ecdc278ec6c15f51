// A loop may do no round.
module t::unassigned_in_loop {
    fun f(b: bool): u64 { let x; while (b) { x = 1; b = false }; x }
}
