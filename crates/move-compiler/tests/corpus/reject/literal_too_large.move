// A number larger than its type.
module t::literal_too_large {
    fun f(): u8 { 256 }
}
