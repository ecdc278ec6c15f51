// Lambdas that call inline functions with lambdas.
module t::inline_nested {
    inline fun times(n: u64, f: |u64|) { let i = 0; while (i < n) { f(i); i += 1 } }
    inline fun outer(f: |u64| u64): u64 { inner(|x| f(x) + 1) }
    inline fun inner(g: |u64| u64): u64 { g(10) }
    #[test] fun square() { let s = 0; times(3, |i| times(4, |j| s += i * j)); abort s }
    #[test] fun passed_on() { abort outer(|x| x * 5) }
    #[test] fun same_names() { let i = 100; let s = 0; times(3, |j| { s += i + j; }); abort s }
    #[test] fun forwarded() { let n = 0; pass(|x| n += x); abort n }
    #[test] fun itself() { let s = 0; times(2, |i| times(2, |j| times(2, |k| s += 1 + i * 100 + j * 10 + k))); abort s }
    inline fun pass(f: |u64|) { times(5, |x| f(x)) }
}
