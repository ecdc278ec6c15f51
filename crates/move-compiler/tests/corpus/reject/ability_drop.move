// A value is left.
module t::ability_drop {
    struct S { n: u64 }
    fun f() { let _s = S { n: 1 }; }
}
