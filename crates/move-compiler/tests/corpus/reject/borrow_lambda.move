// A lambda changes what the inline function has borrowed.
module t::borrow_lambda {
    inline fun f(r: &mut u64, g: ||) { g(); *r = 1 }
    fun h(): u64 { let x = 1; f(&mut x, || x = 5); x }
}
