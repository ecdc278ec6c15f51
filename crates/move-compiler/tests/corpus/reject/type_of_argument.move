// A bool is no u64.
module t::type_of_argument {
    fun f(x: u64): u64 { x }
    fun g(): u64 { f(true) }
}
