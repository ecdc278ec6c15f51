// The value of a constant is too large.
module t::constant_overflow {
    const A: u8 = 255 + 1;
}
