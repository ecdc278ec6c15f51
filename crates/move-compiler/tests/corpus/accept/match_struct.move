// A struct can be matched, too.
module t::match_struct {
    struct P has drop { x: u64, e: E }
    enum E has drop { A, B(u64) }
    fun f(p: P): u64 { match (p) { P { x, e: E::A } => x, P { x, e: E::B(y) } if (y > 5) => x + y, P { e: E::B(y), .. } => y } }
    #[test] fun a() { abort f(P { x: 1, e: E::A }) }
    #[test] fun large() { abort f(P { x: 1, e: E::B(6) }) }
    #[test] fun small() { abort f(P { x: 1, e: E::B(5) }) }
}
