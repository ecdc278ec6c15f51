// Vector literals with and without types.
module t::vector_literals {
    struct S has copy, drop { n: u8 }
    #[test] fun empty() { let v: vector<bool> = vector[]; assert!(v.is_empty(), 1); assert!(vector<u8>[] == b"", 2) }
    #[test] fun typed() { let v = vector<u8>[1, 2]; assert!(v == x"0102", 1) }
    #[test] fun of_structs() { let v = vector[S { n: 3 }, S { n: 4 }]; abort v[1].n as u64 }
    #[test] fun trailing_comma() { abort vector[1, 2, 3,].length() }
    #[test] fun order() { let i = 1; let v = vector[{ i = i * 2; i }, { i = i + 5; i }, i]; abort v[0] * 10000 + v[1] * 100 + v[2] }
    #[test] fun of_constants() { let v = vector[vector[1u16], vector[], vector[2, 3]]; abort v[2][1] as u64 }
    #[test] fun many() { let v = vector[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]; abort v[19] }
}
