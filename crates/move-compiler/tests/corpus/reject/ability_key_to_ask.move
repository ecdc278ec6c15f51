// Only resources are asked for.
module t::ability_key_to_ask {
    struct S has store { n: u64 }
    fun f(): bool { exists<S>(@0x1) }
}
