// A value behind a reference cannot be moved out.
module t::moved_by_dereference {
    struct T has drop { n: u64 }
    fun f(t: &mut T): T { *t }
}
