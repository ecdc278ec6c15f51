// Ends of a range have one type.
module t::type_of_range {
    fun f(a: u8, b: u64) { for (i in a..b) { } }
}
