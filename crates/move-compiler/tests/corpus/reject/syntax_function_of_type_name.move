// A function has the name of a type.
module t::syntax_function_of_type_name {
    fun u64(): u8 { 1 }
}
