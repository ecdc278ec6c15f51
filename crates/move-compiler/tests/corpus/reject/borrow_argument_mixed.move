// The same local mutably and shared for a call.
module t::borrow_argument_mixed {
    fun g(_a: &mut u64, _b: &u64) { }
    fun f() { let x = 1; g(&mut x, &x) }
}
