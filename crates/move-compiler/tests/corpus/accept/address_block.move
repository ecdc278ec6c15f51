// Several modules at an address.
address t {
module address_block_a { public fun f(): u64 { 6 } }
module address_block { #[test] fun run() { abort t::address_block_a::f() } }
}
