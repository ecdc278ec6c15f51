// Too few arguments.
module t::arity_too_few {
    fun g(x: u64, y: u64): u64 { x + y }
    fun f(): u64 { g(1) }
}
