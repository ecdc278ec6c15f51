// The value is of another type than the local.
module t::type_of_assignment {
    fun f() { let x = 1u64; x = false; x; }
}
