// The value of a cast in a constant is too large.
module t::constant_cast {
    const A: u8 = (256u64 as u8);
}
