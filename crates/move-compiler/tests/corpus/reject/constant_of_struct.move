// A constant is no struct.
module t::constant_of_struct {
    struct S has copy, drop { n: u64 }
    const A: S = S { n: 1 };
}
