// A write destroys what was there.
module t::ability_drop_by_write {
    struct S { n: u64 }
    fun f(r: &mut S, s: S) { *r = s }
}
