// Constants are private.
module t::visibility_constant_lib {
    const C: u64 = 1;
}
module t::visibility_constant {
    fun g(): u64 { t::visibility_constant_lib::C }
}
