// A parameter is left.
module t::ability_drop_of_parameter {
    struct S { n: u64 }
    fun f(_s: S) { }
}
