// Attributes with all forms of arguments.
#[deprecated]
module t::attributes {
    #[event] struct E has drop, store { n: u64 }
    #[view] public fun seen(): u64 { 4 }
    #[deprecated] public fun old(): u64 { 5 }
    #[lint::skip(needless_bool)] fun skipped(): u64 { 6 }
    #[test_only] const C: u64 = 7;
    #[test_only] struct T has drop { n: u64 }
    #[test_only] fun helper(): T { T { n: C } }
    #[test_only] use std::vector;
    #[test] fun run() { let v = vector::empty(); vector::push_back(&mut v, E { n: 1 }); abort seen() * 1000 + old() * 100 + skipped() * 10 + helper().n + v[0].n }
}
