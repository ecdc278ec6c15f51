// A write through a shared reference.
module t::borrow_write_of_shared {
    fun f(r: &u64) { *r = 1 }
}
