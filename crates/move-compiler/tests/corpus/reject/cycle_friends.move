// A friend that is used.
module t::cycle_friends {
    friend t::cycle_friends_b;
    public fun f() { t::cycle_friends_b::g() }
}
module t::cycle_friends_b {
    public fun g() { }
}
