// The same local twice, mutably, for a call.
module t::borrow_argument_twice {
    fun g(_a: &mut u64, _b: &mut u64) { }
    fun f() { let x = 1; g(&mut x, &mut x) }
}
