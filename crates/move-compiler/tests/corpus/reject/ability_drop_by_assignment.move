// An assignment destroys the old value.
module t::ability_drop_by_assignment {
    struct S { n: u64 }
    fun f(s: S): S { let t = S { n: 1 }; t = s; t }
}
