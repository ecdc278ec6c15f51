// The string does not end.
module t::literal_unterminated {
    fun f(): vector<u8> { b"abc }
}
