// copy of what cannot be copied.
module t::ability_copy_explicit {
    struct S has drop { n: u64 }
    fun f(s: &S): S { *s }
}
