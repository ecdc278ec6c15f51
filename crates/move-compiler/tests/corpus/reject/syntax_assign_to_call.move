// A call is no place.
module t::syntax_assign_to_call {
    fun g(): u64 { 1 }
    fun f() { g() = 1 }
}
