// Names in an inline function and those at its call do not mix.
module t::inline_hygiene {
    inline fun shadow(f: |u64| u64): u64 { let x = 1000; f(x) + x }
    inline fun param(x: u64, f: |u64| u64): u64 { let y = x + 1; f(y) }
    inline fun reassign(x: u64): u64 { x += 1; x }
    #[test] fun of_local() { let x = 3; abort shadow(|y| y + x) }
    #[test] fun of_parameter() { let y = 3; let x = 5; abort param(y, |z| z * 100 + x * 10 + y) }
    #[test] fun assigned_parameter() { let x = 3; let r = reassign(x); abort r * 10 + x }
    #[test] fun same_name() { let x = 3; abort shadow(|x| x * 2) + x }
}
