// A mutable reference used again after a part of it was borrowed.
module t::reborrow {
    struct In has drop { n: u64 }
    struct Out has drop { i: In, m: u64 }
    fun inc(r: &mut u64) { *r += 1 }
    fun deep(o: &mut Out): &mut u64 { &mut o.i.n }
    #[test] fun twice() { let x = 1; let r = &mut x; inc(r); inc(r); *r = *r * 2; abort x }
    #[test] fun parts() { let o = Out { i: In { n: 1 }, m: 2 }; let r = &mut o; inc(deep(r)); inc(&mut r.m); inc(&mut r.i.n); abort r.i.n * 10 + r.m }
    #[test] fun explicit() { let x = 1; let r = &mut x; let s = &mut *r; *s = 5; *r = *r + 1; abort x }
    #[test] fun of_parameter() { let o = Out { i: In { n: 1 }, m: 2 }; again(&mut o); abort o.m }
    fun again(o: &mut Out) { let i = &mut o.i; i.n = 5; let n = i.n; o.m = n; o.i = In { n: 0 } }
}
