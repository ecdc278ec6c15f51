// The code of an abort is a u64.
module t::type_of_abort {
    fun f() { abort true }
}
