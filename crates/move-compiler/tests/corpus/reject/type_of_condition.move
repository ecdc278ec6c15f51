// A condition is a bool.
module t::type_of_condition {
    fun f(x: u64): u64 { if (x) 1 else 2 }
}
