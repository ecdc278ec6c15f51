// A use may be in a block and ends with it.
module t::use_in_block_a { public fun f(): u64 { 1 } }
module t::use_in_block_b { public fun f(): u64 { 2 } }
module t::use_in_block {
    use t::use_in_block_a::f;
    #[test] fun inner_wins() { let x = { use t::use_in_block_b::f; f() }; abort x * 10 + f() }
    #[test] fun renamed() { use t::use_in_block_b as f2; use t::use_in_block_b::f as h; abort f2::f() + h() }
}
