// Elements by `[]`, read, written, borrowed, nested.
module t::index_vectors {
    struct S has copy, drop { n: u64, v: vector<u8> }
    #[test] fun read() { let v = vector[4, 5, 6]; abort v[0] * 100 + v[1] * 10 + v[2] }
    #[test] fun write() { let v = vector[4, 5, 6]; v[1] = 50; v[2] += v[1]; abort v[2] }
    #[test] fun nested() { let v = vector[vector[1], vector[2, 3]]; v[1][0] = 20; abort v[1][0] + v[1][1] }
    #[test] fun borrowed() { let v = vector[4, 5]; let r = &mut v[0]; *r = 9; let s = &v[0]; abort *s }
    #[test] fun fields() { let v = vector[S { n: 1, v: b"ab" }]; v[0].n = 8; v[0].v[1] = 7; abort v[0].n * 10 + (v[0].v[1] as u64) }
    #[test] fun by_reference() { let v = vector[4, 5]; let r = &mut v; r[0] = 6; let s = &v; abort s[0] + s[1] }
    #[test] fun outside() { let v = vector[4u8]; v[1] = 2; }
    #[test] fun outside_read() { let v = vector[true]; assert!(v[3], 1) }
}
