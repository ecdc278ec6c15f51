// A statement drops its value.
module t::ability_drop_by_statement {
    struct S { n: u64 }
    fun g(): S { S { n: 1 } }
    fun f() { g(); }
}
