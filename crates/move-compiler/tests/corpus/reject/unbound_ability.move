// No such ability.
module t::unbound_ability {
    struct S has clone { n: u64 }
}
