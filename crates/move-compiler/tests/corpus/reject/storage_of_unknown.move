// Nothing says what is looked for in storage.
module t::storage_of_unknown {
    fun any(a: address): bool {
        exists(a)
    }
}
