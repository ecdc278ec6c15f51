// Half a byte.
module t::literal_hex_odd {
    fun f(): vector<u8> { x"abc" }
}
