// A value is moved twice.
module t::moved_twice {
    struct S has drop { n: u64 }
    fun f(s: S): S { let _t = move s; s }
}
