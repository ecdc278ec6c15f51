// An entry function is private.
module t::visibility_entry_only_lib {
    entry fun f() {}
}
module t::visibility_entry_only {
    fun g() { t::visibility_entry_only_lib::f() }
}
