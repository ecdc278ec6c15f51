// A constant calls a function.
module t::constant_call {
    fun f(): u64 { 1 }
    const A: u64 = f();
}
