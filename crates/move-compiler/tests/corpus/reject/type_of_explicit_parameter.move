// The type is given and different.
module t::type_of_explicit_parameter {
    fun id<T>(a: T): T { a }
    fun f(): u8 { id<u8>(5u64) }
}
