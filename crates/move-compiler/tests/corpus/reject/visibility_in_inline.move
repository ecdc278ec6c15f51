// The inlined body calls a private function.
module t::visibility_in_inline_lib {
    fun p(): u64 { 1 }
    public inline fun f(): u64 { p() }
}
module t::visibility_in_inline {
    fun g(): u64 { t::visibility_in_inline_lib::f() }
}
