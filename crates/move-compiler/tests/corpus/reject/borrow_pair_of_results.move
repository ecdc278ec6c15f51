// Two mutable results that may be the same.
module t::borrow_pair_of_results {
    fun two(r: &mut u64): (&mut u64, &mut u64) { (r, r) }
}
