// Comparisons do not chain.
module t::syntax_comparison_chain {
    fun f(a: u64): bool { 1 < a < 3 }
}
