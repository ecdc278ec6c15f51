// A primitive type has no arguments.
module t::arity_type_arguments_of_local {
    fun f(_x: u64<u8>) { }
}
