// Specifications are passed over.
module t::spec_blocks {
    struct S has drop { n: u64 }
    spec module { pragma verify = false; }
    fun f(x: u64): u64 { spec { assume x < 10; }; x + 1 }
    spec f { requires x > 0; ensures result == x + 1; aborts_if x > 5 with 3; }
    spec S { invariant n > 0; }
    spec fun twice(x: u64): u64 { x * 2 }
    spec schema Positive { x: u64; requires x > 0; }
    #[test] fun run() { let s = S { n: 4 }; let i = 0; while ({ spec { invariant i <= 5; }; i < 5 }) { i = i + 1 }; abort f(s.n) + i }
}
