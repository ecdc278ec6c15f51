// All forms of use of modules.
module t::use_module_lib {
    struct S has drop { n: u64 }
    public fun new(n: u64): S { S { n } }
    public fun n(self: &S): u64 { self.n }
}
module t::use_module {
    use t::use_module_lib;
    use t::use_module_lib as lib;
    use 0x42::use_module_lib as hex;
    #[test] fun plain() { let s = use_module_lib::new(4); abort use_module_lib::n(&s) }
    #[test] fun renamed() { let s: lib::S = lib::new(5); abort hex::n(&s) }
    #[test] fun full() { let s: t::use_module_lib::S = t::use_module_lib::new(6); abort 0x42::use_module_lib::n(&s) }
    #[test] fun by_receiver() { abort lib::new(7).n() }
}
