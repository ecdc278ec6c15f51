// A condition is a bool.
module t::type_of_while {
    fun f(x: u64) { while (x) { } }
}
