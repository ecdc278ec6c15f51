// A number larger than its suffix.
module t::literal_too_large_suffix {
    fun f(): u16 { 65536u16 }
}
