// Two locals of a name in a pattern.
module t::twice_in_pattern {
    fun f(): u64 { let (a, a) = (1, 2); a }
}
