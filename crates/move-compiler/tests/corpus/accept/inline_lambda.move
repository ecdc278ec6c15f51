// Lambdas as arguments.
module t::inline_lambda {
    inline fun apply(f: |u64| u64, x: u64): u64 { f(x) }
    inline fun both(f: |u64, u64| u64, g: |u64| bool): u64 { let r = f(3, 4); if (g(r)) r else 0 }
    inline fun each<T>(v: &vector<T>, f: |&T|) { let i = 0; let n = v.length(); while (i < n) { f(&v[i]); i += 1 } }
    inline fun map<T, U>(v: vector<T>, f: |T| U): vector<U> { let out = vector[]; v.reverse(); while (!v.is_empty()) out.push_back(f(v.pop_back())); v.destroy_empty(); out }
    inline fun fold<A, T>(v: vector<T>, a: A, f: |A, T| A): A { v.reverse(); while (!v.is_empty()) a = f(a, v.pop_back()); v.destroy_empty(); a }
    #[test] fun applied() { abort apply(|x| x * 2, 21) }
    #[test] fun two() { abort both(|a, b| a * b, |r| r > 10) }
    #[test] fun captured() { let s = 0; each(&vector[1, 2, 3], |x| s += *x); abort s }
    #[test] fun mapped() { let v = map(vector[1, 2, 3], |x| (x as u8) + 1); abort (v[2] as u64) }
    #[test] fun folded() { abort fold(vector[1, 2, 3], 100, |a, x| a * 2 + x) }
    #[test] fun with_block() { abort apply(|x| { let y = x + 1; y * y }, 3) }
    #[test] fun typed() { abort apply(|x: u64| x + 1, 3) }
    #[test] fun wildcard() { abort apply(|_| 8, 3) }
}
