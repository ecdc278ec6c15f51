// Borrowing, reading, writing, freezing.
module t::references {
    struct S has copy, drop { a: u64, b: u64 }
    fun pick(c: bool, x: &mut u64, y: &mut u64): &mut u64 { if (c) x else y }
    fun read(r: &u64): u64 { *r }
    #[test] fun written() { let x = 1; let r = &mut x; *r = 5; abort x }
    #[test] fun picked() { let x = 1; let y = 2; *pick(false, &mut x, &mut y) = 9; abort x * 10 + y }
    #[test] fun frozen() { let x = 3; let r = &mut x; let s: &u64 = r; abort *s + read(s) }
    #[test] fun passed() { let x = 3; let r = &mut x; *r = read(r) + 1; abort x }
    #[test] fun disjoint() { let s = S { a: 1, b: 2 }; let a = &mut s.a; let b = &mut s.b; *a = *b + 5; *b = 9; abort s.a * 10 + s.b }
    #[test] fun copied() { let x = 1; let r = &x; let q = r; abort *r + *q }
    #[test] fun of_literals() { abort *&5 + read(&6) }
    #[test] fun of_temporaries() { let r = &S { a: 7, b: 8 }; abort r.a + (&S { a: 1, b: 2 }).b }
}
