// freeze, written and implied.
module t::freeze {
    struct S has drop { n: u64 }
    fun get(s: &S): u64 { s.n }
    fun same(s: &mut S): &S { s }
    fun either(c: bool, a: &mut S, b: &S): &S { if (c) a else b }
    #[test] fun written() { let s = S { n: 4 }; let r = &mut s; let q = freeze(r); abort q.n }
    #[test] fun argument() { let s = S { n: 4 }; let r = &mut s; r.n = 5; abort get(r) }
    #[test] fun returned() { let s = S { n: 6 }; abort same(&mut s).n }
    #[test] fun of_branches() { let s = S { n: 6 }; let t = S { n: 7 }; abort either(true, &mut s, &t).n * 10 + either(false, &mut s, &t).n }
    #[test] fun assigned() { let s = S { n: 6 }; let t = S { n: 7 }; let r = &s; let _n = r.n; r = &mut t; abort r.n }
    #[test] fun compared() { let s = S { n: 6 }; let t = S { n: 6 }; assert!(&mut s == &t, 1) }
}
