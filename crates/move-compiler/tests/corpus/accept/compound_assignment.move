// All compound assignments, on all kinds of places.
module t::compound_assignment {
    struct S has drop { n: u64 }
    #[test] fun locals() { let a = 100; a += 5; a -= 1; a *= 3; a /= 2; a %= 100; a <<= 4; a >>= 1; a |= 1; a &= 0xfe; a ^= 0x0f; abort a }
    #[test] fun fields() { let s = S { n: 4 }; s.n *= s.n; abort s.n }
    #[test] fun references() { let a = 4u64; let r = &mut a; *r += *r; abort a }
    #[test] fun elements() { let v = vector[1, 2]; let i = v[0]; v[i] -= 1; abort v[1] }
    #[test] fun limits() { let a = 250u8; a += 10; }
    #[test] fun unit() { let a = 1; let () = { a += 1 }; abort a }
}
