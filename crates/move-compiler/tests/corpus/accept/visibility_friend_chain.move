// A friend that is no user, and a user that is a friend of a friend.
module t::visibility_friend_chain_a {
    friend t::visibility_friend_chain_b;
    public(friend) fun a(): u64 { 1 }
}
module t::visibility_friend_chain_b {
    friend t::visibility_friend_chain;
    public(friend) fun b(): u64 { t::visibility_friend_chain_a::a() + 1 }
}
module t::visibility_friend_chain {
    #[test] fun run() { abort t::visibility_friend_chain_b::b() }
}
