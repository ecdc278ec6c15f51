// Resources by `[]`.
module t::index_resources {
    struct R has key, drop { n: u64, v: vector<u64> }
    #[test(a = @0x7)] fun read(a: &signer) acquires R { move_to(a, R { n: 4, v: vector[1, 2] }); abort R[@0x7].n + R[@0x7].v[1] }
    #[test(a = @0x7)] fun write(a: &signer) acquires R { move_to(a, R { n: 4, v: vector[] }); R[@0x7].n = 9; R[@0x7].n += 1; (&mut R[@0x7].v).push_back(5); abort R[@0x7].n + R[@0x7].v.length() }
    #[test(a = @0x7)] fun borrowed(a: &signer) acquires R { move_to(a, R { n: 4, v: vector[] }); let r = &mut R[@0x7]; r.n = 70; let s = &R[@0x7]; abort s.n }
    #[test] fun missing() acquires R { abort R[@0x8].n }
}
