// A local is moved while a reference to it is in use.
module t::borrow_moved {
    struct S has drop { n: u64 }
    fun eat(_s: S) { }
    fun f(): u64 { let s = S { n: 1 }; let r = &s; eat(s); r.n }
}
