// acquires may be left out.
module t::acquires_inferred {
    struct R has key { n: u64 }
    struct Q has key { n: u64 }
    fun r(a: address): u64 { borrow_global<R>(a).n }
    fun q(a: address): u64 { borrow_global<Q>(a).n + r(a) }
    fun far(a: address): u64 { q(a) * 2 }
    fun change(a: address) { borrow_global_mut<R>(a).n = 50 }
    #[test(s = @0x5)] fun all(s: &signer) { move_to(s, R { n: 1 }); move_to(s, Q { n: 2 }); change(@0x5); assert!(far(@0x5) == 104, 1) }
    #[test] #[expected_failure(major_status = 4008)] fun none() { far(@0x5); }
}
