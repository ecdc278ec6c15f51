// Two functions of a name.
module t::twice_function {
    fun f() {}
    fun f() {}
}
