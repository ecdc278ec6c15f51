// The type argument has no drop.
module t::ability_of_type_argument {
    struct S { n: u64 }
    fun g<T: drop>(_t: T) { }
    fun f(s: S) { g(s) }
}
