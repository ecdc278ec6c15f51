// Two constants of a name.
module t::twice_constant {
    const A: u64 = 1;
    const A: u64 = 2;
}
