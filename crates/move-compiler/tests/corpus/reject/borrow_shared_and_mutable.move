// A shared reference is used after a mutable one was made and written.
module t::borrow_shared_and_mutable {
    fun f(): u64 { let x = 1; let a = &x; let b = &mut x; *b = 2; *a }
}
