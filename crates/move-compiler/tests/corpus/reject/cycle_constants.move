// Constants that need each other.
module t::cycle_constants {
    const A: u64 = B;
    const B: u64 = A;
}
