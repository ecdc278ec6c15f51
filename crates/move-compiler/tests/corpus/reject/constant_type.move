// A constant of another type.
module t::constant_type {
    const A: u64 = true;
}
