// A constant starts with a capital.
module t::constant_small_name {
    const a: u64 = 1;
}
