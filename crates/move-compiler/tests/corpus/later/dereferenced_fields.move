// A field of what a reference points to is the field itself, as its elements are. Language 2.1
// copies what `*r` points to before it looks for the field, so that writes are lost.
module t::dereferenced_fields {
    struct S has copy, drop { f: u64, inner: T }
    struct T has copy, drop { n: u64 }
    struct Unique has drop { f: u64 }
    fun new(): S { S { f: 1, inner: T { n: 2 } } }
    #[test] fun written() { let s = new(); let r = &mut s; (*r).f = 5; assert!(s.f == 5, 1); }
    #[test] fun compound() { let s = new(); let r = &mut s; (*r).inner.n += 5; assert!(s.inner.n == 7, 1); }
    #[test] fun borrowed() { let s = new(); let r = &mut s; *(&mut (*r).f) = 5; assert!(s.f == 5, 1); }
    #[test] fun elements() { let v = vector[1, 2]; let r = &mut v; (*r)[0] = 7; assert!(v[0] == 7, 1); }
    #[test] fun without_copy() { let u = Unique { f: 3 }; let r = &u; assert!((*r).f == 3, 1); }
}
