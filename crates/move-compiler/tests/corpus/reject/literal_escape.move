// No such escape.
module t::literal_escape {
    fun f(): vector<u8> { b"\q" }
}
