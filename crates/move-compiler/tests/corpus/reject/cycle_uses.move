// Modules use each other.
module t::cycle_uses {
    public fun f() { t::cycle_uses_b::g() }
}
module t::cycle_uses_b {
    public fun g() { t::cycle_uses::f() }
}
