// No such member.
module t::unbound_member {
    use std::vector::nothing;
    fun f() { nothing() }
}
