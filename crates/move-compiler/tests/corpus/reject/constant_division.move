// A constant divides by zero.
module t::constant_division {
    const A: u64 = 1 / 0;
}
