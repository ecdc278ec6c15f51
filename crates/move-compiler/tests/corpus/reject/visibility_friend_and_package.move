// Both kinds in a module.
module t::visibility_friend_and_package {
    public(friend) fun f() {}
    public(package) fun g() {}
}
