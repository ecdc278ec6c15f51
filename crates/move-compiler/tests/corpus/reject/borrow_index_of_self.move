// The index reads the vector that is borrowed mutably.
module t::borrow_index_of_self {
    fun f() { let v = vector[1, 2]; v[v[0]] -= 1 }
}
