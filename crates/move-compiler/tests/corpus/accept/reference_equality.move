// References are equal if what they refer to is.
module t::reference_equality {
    struct S has copy, drop { n: u64, v: vector<u8> }
    #[test] fun of_numbers() { let a = 4; let b = 4; assert!(&a == &b, 1); let r = &a; assert!(r == &b, 2); assert!(r != &5, 3) }
    #[test] fun of_structs() { let a = S { n: 1, v: b"a" }; let b = a; assert!(&a == &b, 1); b.v = b"b"; assert!(&a != &b, 2); assert!(a != b, 3) }
    #[test] fun of_fields() { let a = S { n: 1, v: b"a" }; assert!(&a.n == &1, 1); assert!(&a.v == &b"a", 2) }
    #[test] fun without_drop() { let a = T { n: 4 }; let b = T { n: 4 }; let same = &a == &b; let T { n } = a; let T { n: _ } = b; assert!(same, 1); abort n }
    struct T { n: u64 }
}
