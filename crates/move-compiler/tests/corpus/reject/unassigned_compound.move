// A compound assignment reads.
module t::unassigned_compound {
    fun f() { let x: u64; x += 1; x; }
}
