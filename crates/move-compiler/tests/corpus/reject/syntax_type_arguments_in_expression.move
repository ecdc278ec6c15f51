// Type arguments need a name.
module t::syntax_type_arguments_in_expression {
    fun f(): u64 { <u64>1 }
}
