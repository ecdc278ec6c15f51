// A local without value in one branch.
module t::unassigned_in_branch {
    fun f(b: bool): u64 { let x; if (b) x = 1; x }
}
