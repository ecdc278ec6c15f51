// A resource of another module.
module t::acquires_struct_elsewhere {
    struct R has key { n: u64 }
    fun f() acquires std::vector::R { }
}
