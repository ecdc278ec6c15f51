// Inline functions of another module.
module t::inline_across_lib {
    struct S has drop { n: u64 }
    public fun make(n: u64): S { S { n } }
    public fun n(self: &S): u64 { self.n }
    public inline fun twice(s: &S): u64 { n(s) + n(s) }
    public inline fun with(n: u64, f: |&S| u64): u64 { let s = make(n); f(&s) }
}
module t::inline_across {
    use t::inline_across_lib::{Self, make, with};
    #[test] fun plain() { abort inline_across_lib::twice(&make(4)) }
    #[test] fun lambda() { let k = 3; abort with(5, |s| s.n() * k) }
    #[test] fun by_receiver() { abort with(5, |s| inline_across_lib::twice(s)) }
}
