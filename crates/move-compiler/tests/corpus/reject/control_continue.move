// continue without loop.
module t::control_continue {
    fun f() { continue }
}
