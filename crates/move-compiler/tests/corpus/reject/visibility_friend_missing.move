// This module is no friend.
module t::visibility_friend_missing_lib {
    public(friend) fun f() {}
}
module t::visibility_friend_missing {
    fun g() { t::visibility_friend_missing_lib::f() }
}
