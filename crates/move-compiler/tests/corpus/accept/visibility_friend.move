// Friends by declaration.
module t::visibility_friend_lib {
    friend t::visibility_friend;
    public(friend) fun secret(): u64 { 41 }
    friend fun short(): u64 { 1 }
}
module t::visibility_friend {
    #[test] fun call() { abort t::visibility_friend_lib::secret() + t::visibility_friend_lib::short() }
}
