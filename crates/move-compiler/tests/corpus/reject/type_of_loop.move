// A loop with break has no value.
module t::type_of_loop {
    fun f(): u64 { loop { break } }
}
