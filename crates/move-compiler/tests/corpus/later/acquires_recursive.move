// Functions that call each other acquire what the others do.
module t::acquires_recursive {
    struct R has key { n: u64 }
    fun even(a: address, i: u64): u64 { if (i == 0) R[a].n else odd(a, i - 1) }
    fun odd(a: address, i: u64): u64 { if (i == 0) 0 else even(a, i - 1) }
    #[test(s = @0x5)] fun run(s: &signer) { move_to(s, R { n: 17 }); assert!(even(@0x5, 10) + odd(@0x5, 10) == 17, 1) }
}
