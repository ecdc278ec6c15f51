// Entry functions, also public ones and ones of friends.
module t::visibility_entry {
    struct R has key { n: u64 }
    entry fun private(s: &signer, n: u64) { move_to(s, R { n }) }
    public entry fun open(a: address, by: u64) acquires R { R[a].n += by }
    public(package) entry fun friendly(_b: vector<u8>) {}
    entry public(package) fun packaged() {}
    #[test(s = @0x5)] fun calls(s: &signer) acquires R { private(s, 4); open(@0x5, 5); friendly(b""); packaged(); abort R[@0x5].n }
}
