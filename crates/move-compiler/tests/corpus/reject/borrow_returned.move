// A reference to a local leaves the function.
module t::borrow_returned {
    fun f(): &u64 { let x = 1; &x }
}
