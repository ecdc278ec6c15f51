// acquires with lists.
module t::acquires_given {
    struct R has key { n: u64 }
    struct G<T> has key { t: T }
    fun sum(a: address): u64 acquires R, G { R[a].n + G<u64>[a].t }
    public fun visible(a: address): u64 acquires R, G { sum(a) }
    #[test(s = @0x5)] fun run(s: &signer) acquires R, G { move_to(s, R { n: 1 }); move_to(s, G { t: 20 }); abort visible(@0x5) }
}
