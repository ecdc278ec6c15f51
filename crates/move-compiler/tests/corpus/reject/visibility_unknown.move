// No such visibility.
module t::visibility_unknown {
    public(world) fun f() {}
}
