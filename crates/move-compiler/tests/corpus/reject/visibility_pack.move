// Only its module makes a struct.
module t::visibility_pack_lib {
    struct S has drop { n: u64 }
}
module t::visibility_pack {
    fun g() { let _s = t::visibility_pack_lib::S { n: 1 }; }
}
