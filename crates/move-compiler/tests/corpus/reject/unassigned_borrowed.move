// A reference to a local without value.
module t::unassigned_borrowed {
    fun f() { let x: u64; let r = &mut x; *r = 1 }
}
