// A mutable reference from the last round is in use.
module t::borrow_in_loop {
    fun f() { let x = 1; let y = 2; let r = &mut x; let i = 0; while (i < 3) { let s = &mut x; *s = 3; *r = 4; i = i + 1 }; *r = y }
}
