// Who makes a function's value does not acquire what the function does.
module t::acquires_of_a_value {
    struct R has key { n: u64 }
    struct Kept(|address| u64) has key, drop;
    public fun r(a: address): u64 { borrow_global<R>(a).n }
    fun keep(s: &signer) { move_to(s, Kept(r)) }
    fun wrapped(): |address| u64 has drop { |a| r(a) + 1 }
    #[test(s = @0x5)] fun all(s: &signer) {
        move_to(s, R { n: 1 });
        keep(s);
        let _f = wrapped();
        assert!(r(@0x5) == 1, 1);
    }
}
