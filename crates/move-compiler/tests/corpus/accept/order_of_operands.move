// Operands from left to right, with effects seen by later ones.
module t::order_of_operands {
    fun log(v: &mut vector<u64>, x: u64): u64 { v.push_back(x); x }
    fun digest(v: &vector<u64>): u64 { let s = 0; let i = 0; while (i < v.length()) { s = s * 10 + v[i]; i += 1 }; s }
    fun three(_a: u64, _b: u64, _c: u64) {}
    struct P has drop { a: u64, b: u64 }
    #[test] fun sum() { let v = vector[]; let _ = log(&mut v, 1) + log(&mut v, 2) * log(&mut v, 3); abort digest(&v) }
    #[test] fun arguments() { let v = vector[]; three(log(&mut v, 3), log(&mut v, 1), log(&mut v, 2)); abort digest(&v) }
    #[test] fun fields() { let v = vector[]; let _ = P { b: log(&mut v, 1), a: log(&mut v, 2) }; abort digest(&v) }
    #[test] fun tuple() { let v = vector[]; let (_a, _b) = (log(&mut v, 4), log(&mut v, 5)); abort digest(&v) }
    #[test] fun seen_later() { let x = 1; abort x + { x = 10; x } + x }
    #[test] fun seen_later_arguments() { let x = 1; abort pack(x, { x = 2; x }, { x = x + 1; x }) }
    fun pack(a: u64, b: u64, c: u64): u64 { a * 100 + b * 10 + c }
    #[test] fun copies() { let x = 1; abort copy x + { x = 10; x } }
    #[test] fun assigned_field() { let v = vector[]; let p = P { a: 1, b: 2 }; p.a = log(&mut v, 7); p.b = p.a + log(&mut v, 8); abort digest(&v) * 100 + p.b }
    #[test] fun through_reference() { let x = 1; let r = &mut x; *r = *r + { *r = 5; *r }; abort x }
    #[test] fun comparison() { let v = vector[]; let b = log(&mut v, 5) < log(&mut v, 4); assert!(!b, 1); abort digest(&v) }
}
