// Two uses of what cannot be copied.
module t::ability_copy {
    struct S has drop { n: u64 }
    fun g(_s: S) { }
    fun f(s: S) { g(s); g(s) }
}
