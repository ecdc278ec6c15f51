// abort, return, break and continue stand where any value may.
module t::never_values {
    fun f(x: u64): u64 { let y = if (x > 5) x else return 99; y + 1 }
    fun g(x: u64): u64 { let s = 0; loop { let y: u64 = if (x > 3) break else x; x += 1; s += y }; s }
    fun h(x: u64): bool { x == 1 || return true }
    fun pair(x: u64): (u64, u64) { if (x == 0) abort 3; if (x == 1) (1, 2) else abort 4 }
    #[test] fun values() { abort f(6) * 1000 + f(1) }
    #[test] fun broken() { abort g(1) }
    #[test] fun logic() { assert!(h(1) && h(2), 1) }
    #[test] fun pairs() { let (a, b) = pair(1); abort a * 10 + b }
    #[test] fun no_pair() { let (_a, _b) = pair(2); }
}
