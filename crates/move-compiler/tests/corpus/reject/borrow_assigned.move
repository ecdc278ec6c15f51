// A local is assigned while a reference to it is in use.
module t::borrow_assigned {
    fun f(): u64 { let x = 1; let r = &x; x = 2; *r + x }
}
