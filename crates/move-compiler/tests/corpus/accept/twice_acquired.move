// A resource may be listed twice.
module t::twice_acquired {
    struct R has key { n: u64 }
    fun f(a: address): u64 acquires R, R { borrow_global<R>(a).n }
    #[test] fun missing() acquires R { f(@0x7); }
}
