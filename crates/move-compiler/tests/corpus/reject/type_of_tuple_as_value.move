// A local has one value.
module t::type_of_tuple_as_value {
    fun two(): (u64, u64) { (1, 2) }
    fun f() { let _x = two(); }
}
