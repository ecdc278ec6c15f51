// A constant and a struct of a name.
module t::twice_struct_and_constant {
    const S: u64 = 1;
    struct S has drop { n: u64 }
}
