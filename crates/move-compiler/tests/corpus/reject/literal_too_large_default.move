// A u64 is meant.
module t::literal_too_large_default {
    fun f() { let x = 18446744073709551616; x = x + 1u64; x; }
}
