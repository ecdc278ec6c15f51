// Only its module takes a struct apart.
module t::visibility_unpack_lib {
    struct S { n: u64 }
}
module t::visibility_unpack {
    fun g(s: t::visibility_unpack_lib::S) { let t::visibility_unpack_lib::S { n: _ } = s; }
}
