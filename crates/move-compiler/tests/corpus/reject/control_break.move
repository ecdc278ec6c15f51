// break without loop.
module t::control_break {
    fun f() { break }
}
