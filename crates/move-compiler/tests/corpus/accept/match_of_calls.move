// What is matched may be any expression, evaluated once.
module t::match_of_calls {
    enum E has copy, drop { A(u64), B(u64) }
    fun next(n: &mut u64): E { *n = *n + 1; if (*n % 2 == 0) E::A(*n) else E::B(*n) }
    #[test] fun once() { let n = 4; let r = match (next(&mut n)) { E::A(x) if (x > 100) => 1, E::B(x) if (x > 100) => 2, E::A(x) => x + 10, E::B(x) => x + 20 }; abort r * 100 + n }
    #[test] fun in_expression() { let n = 1; abort 1000 + match (next(&mut n)) { E::A(x) => x, E::B(_) => 0 } }
    #[test] fun of_match() { let n = 2; abort match (match (next(&mut n)) { E::A(x) => E::B(x), E::B(x) => E::A(x) }) { E::A(x) => x * 2, E::B(_) => 77 } }
}
