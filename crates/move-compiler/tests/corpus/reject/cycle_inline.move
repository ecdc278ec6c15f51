// An inline function calls itself.
module t::cycle_inline {
    inline fun f(x: u64): u64 { if (x == 0) 0 else f(x - 1) }
    fun g(): u64 { f(3) }
}
