// The type of what is in storage follows from what becomes of it.
module t::globals_inferred {
    struct R has key, drop { n: u64 }
    struct Of<phantom T> has key { n: u64 }
    inline fun of(a: address): &R { borrow_global(a) }
    inline fun of_mut(a: address): &mut R { borrow_global_mut(a) }
    fun read(r: &R): u64 { r.n }
    fun later(a: address): u64 acquires R { let r = borrow_global(a); read(r) }
    fun taken(a: address): R acquires R { move_from(a) }
    #[test(a = @0x5)] fun inlined(a: &signer) acquires R { move_to(a, R { n: 1 }); of_mut(@0x5).n = 7; abort of(@0x5).n }
    #[test(a = @0x5)] fun read_later(a: &signer) acquires R { move_to(a, R { n: 3 }); abort later(@0x5) }
    #[test(a = @0x5)] fun taken_out(a: &signer) acquires R { move_to(a, R { n: 4 }); let R { n } = taken(@0x5); assert!(!exists<R>(@0x5), 1); abort n }
    #[test(a = @0x5)] fun annotated(a: &signer) acquires Of { move_to(a, Of<u8> { n: 5 }); let r: &mut Of<u8> = borrow_global_mut(@0x5); r.n = r.n + 1; abort r.n }
}
