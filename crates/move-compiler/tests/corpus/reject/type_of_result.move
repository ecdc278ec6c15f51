// The body has another type than the result.
module t::type_of_result {
    fun f(): u64 { true }
}
