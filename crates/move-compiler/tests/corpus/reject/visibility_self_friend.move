// A module is no friend of itself.
module t::visibility_self_friend {
    friend t::visibility_self_friend;
    fun f() {}
}
