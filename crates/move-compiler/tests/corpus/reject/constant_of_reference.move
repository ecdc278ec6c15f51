// A constant is no reference.
module t::constant_of_reference {
    const A: &u64 = &1;
}
