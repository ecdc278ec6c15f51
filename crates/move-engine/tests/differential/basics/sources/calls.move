module t::calls {
    use std::vector;
    use t::digest;
    use t::other;

    const LIMIT: u64 = 1 << 20;
    const NAME: vector<u8> = b"constant";
    const HOME: address = @0xcafe;

    struct Big has copy, drop {
        a: u256, b: u256, c: u256, d: u256, e: u256, f: u256, g: u256, h: u256, i: u256, j: u64, k: vector<u8>
    }

    fun fib(n: u64): u64 { if (n < 2) n else fib(n - 1) + fib(n - 2) }
    fun even(n: u64): bool { if (n == 0) true else odd(n - 1) }
    fun odd(n: u64): bool { if (n == 0) false else even(n - 1) }
    fun many(a: u8, b: u64, c: u128, d: address, e: vector<u8>, f: bool, g: u256): (u256, bool, vector<u8>, address, u128, u64, u8) {
        (g, f, e, d, c, b, a)
    }
    fun deep(n: u64): u64 { if (n == 0) abort 77; 1 + deep(n - 1) }
    fun endless(n: u64): u64 { 1 + endless(n + 1) }
    fun big(n: u256): Big { Big { a: n, b: n + 1, c: n + 2, d: 3, e: 4, f: 5, g: 6, h: 7, i: 8, j: 9, k: b"k" } }
    fun change(b: &mut Big): Big { b.a = 100; b.k.push_back(1); let c = *b; c.j = 1; c.k.push_back(2); c }

    #[test] fun fibonacci() { abort fib(15) }
    #[test] fun parity() { abort (if (even(100)) 1u64 else 0) + (if (odd(100)) 2u64 else 0) }
    #[test] fun several_results() {
        let (a, b, c, d, e, f, g) = many(1, 2, 3, @0x4, b"5", true, 7);
        let d1 = digest::any(digest::any(digest::any(0, &a), &b), &c);
        abort digest::any(digest::any(digest::any(digest::any(d1, &d), &e), &f), &g)
    }
    #[test] fun abort_deep() { deep(50); }
    #[test] fun too_deep() { endless(0); }
    #[test] fun abort_elsewhere() { other::fails(3) }
    #[test] fun arithmetic_elsewhere() { other::divides(1, 0); }
    #[test] fun constants() { abort digest::any(digest::any(LIMIT, &NAME), &HOME) }
    #[test] fun large_struct() {
        let b = big(1u256 << 250);
        let c = change(&mut b);
        let v = vector[b, c];
        v[0].i = 55;
        abort digest::any(digest::any(digest::any(0, &b), &c), &v)
    }
    #[test] fun large_struct_equality() {
        let b = big(1);
        let c = b;
        let same = b == c;
        c.k = b"other";
        abort (if (same) 1u64 else 0) | (if (b == c) 2u64 else 0)
    }
    #[test] fun loops() {
        let d = 0;
        let i = 0;
        loop {
            i = i + 1;
            if (i % 3 == 0) continue;
            if (i > 40) break;
            let j = i;
            while (j > 0) { d = digest::add(d, i * j); j = j / 2 };
        };
        abort d
    }
    #[test] fun short_circuit() {
        let x = 0u64;
        let r = x == 0 || { abort 9 };
        let s = x == 1 && { abort 10 };
        abort (if (r) 1u64 else 0) + (if (s) 2u64 else 0) + 20
    }
    #[test] fun nested_conditions() {
        let d = 0;
        let i = 0;
        while (i < 32) {
            let v = if (i & 1 == 1) { if (i & 2 == 2) 3 else 5 } else if (i & 4 == 4) 7 else { i * 2 };
            d = digest::add(d, v);
            i = i + 1;
        };
        abort d
    }
    #[test] fun zero_code() { abort 0 }
    #[test] fun max_code() { abort 18446744073709551615 }
    #[test] fun asserts() { assert!(fib(3) == 2, 1); assert!(fib(3) == 3, 2) }
    #[test] fun passes() { assert!(fib(10) == 55, 1) }
}

module t::other {
    public fun fails(code: u64) { abort code * 1000 }
    public fun divides(a: u64, b: u64): u64 { a / b }
}
