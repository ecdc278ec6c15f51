// The same name, bound again.
module t::shadowing {
    const X: u64 = 500;
    fun x(): u64 { 7 }
    #[test] fun in_block() { let x = 1; let y = { let x = x + 10; x }; abort y * 10 + x }
    #[test] fun in_sequence() { let x = 1u8; let x = (x as u64) + 4; abort x }
    #[test] fun functions_are_apart() { let x = 2; abort x + x() + X }
    #[test] fun parameter() { abort inner(4) }
    fun inner(x: u64): u64 { let x = x * 2; if (x > 0) { let x = 100; x } else x }
    #[test] fun in_loop() { let i = 0; while (i < 3) { let i = i; i = i + 50; let _ = i; break }; abort i }
    #[test] fun in_pattern() { let (a, b) = (1, 2); let (b, a) = (a, b); abort a * 10 + b }
}
