// Storage: put, ask, borrow, change, take.
module t::globals {
    use std::signer;
    struct R has key, drop { n: u64 }
    fun bump(a: address) acquires R { let r = borrow_global_mut<R>(a); r.n = r.n + 1 }
    #[test(a = @0x5)] fun put(a: &signer) acquires R { move_to(a, R { n: 1 }); bump(@0x5); bump(signer::address_of(a)); abort borrow_global<R>(@0x5).n }
    #[test(a = @0x5)] fun taken(a: &signer) acquires R { move_to(a, R { n: 4 }); let R { n } = move_from<R>(@0x5); assert!(!exists<R>(@0x5), 1); abort n }
    #[test(a = @0x5)] fun twice(a: &signer) { move_to(a, R { n: 4 }); move_to<R>(a, R { n: 5 }) }
    #[test] fun missing() acquires R { move_from<R>(@0x5); }
    #[test] fun missing_borrow() acquires R { bump(@0x9) }
    #[test(a = @0x5, b = @0x6)] fun two(a: signer, b: signer) acquires R { move_to(&a, R { n: 4 }); move_to(&b, R { n: 5 }); bump(@0x6); abort borrow_global<R>(@0x5).n * 10 + borrow_global<R>(@0x6).n }
}
