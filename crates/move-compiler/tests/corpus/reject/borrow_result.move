// The argument of a call is borrowed by its result.
module t::borrow_result {
    fun id(r: &mut u64): &mut u64 { r }
    fun f() { let x = 1; let r = id(&mut x); x = 2; *r = x }
}
