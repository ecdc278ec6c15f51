// Too many arguments.
module t::arity_too_many {
    fun g(x: u64): u64 { x }
    fun f(): u64 { g(1, 2) }
}
