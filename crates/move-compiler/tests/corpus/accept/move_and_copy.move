// move and copy, written.
module t::move_and_copy {
    struct S has copy, drop { n: u64 }
    fun n(s: S): u64 { s.n }
    #[test] fun copied() { let s = S { n: 3 }; let c = copy s; c.n = 5; abort n(move s) * 10 + n(copy c) }
    #[test] fun assigned_after_move() { let s = S { n: 3 }; let t = move s; s = S { n: 4 }; abort s.n * 10 + t.n }
    #[test] fun of_reference() { let s = S { n: 3 }; let r = &s; let q = copy r; abort (move r).n + q.n }
    #[test] fun in_branches() { let s = S { n: 3 }; let t; if (s.n == 3) t = move s else { t = S { n: 9 } }; abort t.n }
}
