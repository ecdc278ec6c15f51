// The value is of another type than the local.
module t::type_of_let {
    fun f() { let _x: u8 = true; }
}
