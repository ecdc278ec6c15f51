// return with a value where there is none.
module t::control_return_unit {
    fun f() { return 1 }
}
