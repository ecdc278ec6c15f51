// A value may have been moved.
module t::moved_in_branch {
    struct S has drop { n: u64 }
    fun eat(_s: S) { }
    fun f(s: S, b: bool): S { if (b) eat(s); s }
}
