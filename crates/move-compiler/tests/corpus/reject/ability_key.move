// Only resources are stored.
module t::ability_key {
    struct S has store { n: u64 }
    fun f(s: &signer) { move_to(s, S { n: 1 }) }
}
