// Inline functions call each other.
module t::cycle_inlines {
    inline fun f(x: u64): u64 { g(x) }
    inline fun g(x: u64): u64 { f(x) }
    fun h(): u64 { f(3) }
}
