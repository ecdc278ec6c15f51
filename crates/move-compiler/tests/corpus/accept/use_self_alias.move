// Self renamed, and Self as this module.
module t::use_self_alias_lib { public fun f(): u64 { 3 } }
module t::use_self_alias {
    use t::use_self_alias_lib::{Self as lib, f};
    fun g(): u64 { 5 }
    #[test] fun run() { abort lib::f() * 100 + f() * 10 + Self::g() }
    #[test] fun own_name() { abort t::use_self_alias::g() }
}
