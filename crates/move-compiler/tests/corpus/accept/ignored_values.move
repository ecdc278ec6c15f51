// Values of statements are dropped.
module t::ignored_values {
    struct S has drop { n: u64 }
    fun s(n: u64): S { assert!(n != 7, n); S { n } }
    fun three(): (u64, bool, S) { (1, true, s(2)) }
    #[test] fun run() { s(1); 5; three(); &s(2); s(3).n; 1 + 2; vector[1]; s(7); }
    #[test] fun wildcard() { let _ = s(7); }
    #[test] fun wildcard_does_not_move() { let x = s(4); let _ = x; }
}
