// A constant is not changed.
module t::constant_assigned {
    const A: u64 = 1;
    fun f() { A = 2 }
}
