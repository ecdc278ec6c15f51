// A local is copied while a mutable reference to it is in use.
module t::borrow_copied {
    fun f(): u64 { let x = 1; let r = &mut x; let y = x; *r = 2; y }
}
