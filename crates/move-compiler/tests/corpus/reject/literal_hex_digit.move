// No hex digit.
module t::literal_hex_digit {
    fun f(): vector<u8> { x"0g" }
}
