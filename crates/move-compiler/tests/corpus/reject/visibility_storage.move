// Only its module stores a resource.
module t::visibility_storage_lib {
    struct R has key, drop { n: u64 }
}
module t::visibility_storage {
    fun g(): bool { exists<t::visibility_storage_lib::R>(@0x1) }
}
