// A constant shifts too far.
module t::constant_shift {
    const A: u64 = 1 << 64;
}
