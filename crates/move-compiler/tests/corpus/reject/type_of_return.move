// return gives another type.
module t::type_of_return {
    fun f(x: bool): u64 { if (x) return false; 1 }
}
