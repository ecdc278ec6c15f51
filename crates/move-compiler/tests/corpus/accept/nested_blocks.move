// Blocks have values.
module t::nested_blocks {
    #[test] fun deep() { abort { { let x = { { 1 } }; x + { 2 } } } }
    #[test] fun ends_with_semicolon() { let x = 0; { x = x + 1; }; { x = x + 1 }; abort x }
    #[test] fun of_if() { let x = if (true) { let y = 4; y * 2 } else { 1 } + 3; abort x }
    #[test] fun if_chain() { let x = 5; let y = if (x < 3) 1 else if (x < 5) 2 else if (x < 7) 3 else 4; abort y }
    #[test] fun while_in_if() { let x = 0; if (x == 0) while (x < 5) x = x + 2 else x = 100; abort x }
    #[test] fun no_semicolon_after_block() { let x = 0; if (x == 0) { x = 1 }; while (x < 3) { x = x + 1 }; loop { break }; abort x }
}
