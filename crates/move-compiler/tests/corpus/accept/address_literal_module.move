// Modules at a number.
module 0x43::address_literal_module_lib { public fun f(): u64 { 6 } }
module 0x42::address_literal_module {
    use other::address_literal_module_lib::f;
    #[test] fun run() { abort f() + 0x43::address_literal_module_lib::f() }
}
