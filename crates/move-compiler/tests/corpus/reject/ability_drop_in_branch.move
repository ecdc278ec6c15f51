// Left in one branch.
module t::ability_drop_in_branch {
    struct S { n: u64 }
    fun eat(s: S) { let S { n: _ } = s; }
    fun f(s: S, b: bool) { if (b) eat(s) }
}
