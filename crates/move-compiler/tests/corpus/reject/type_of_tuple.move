// A tuple of another size.
module t::type_of_tuple {
    fun two(): (u64, u64) { (1, 2) }
    fun f(): u64 { let (a, b, c) = two(); a + b + c }
}
