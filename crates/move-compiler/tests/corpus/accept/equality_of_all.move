// == on values of all kinds of types.
module t::equality_of_all {
    struct S<T> has copy, drop { t: T, v: vector<T> }
    enum E has copy, drop { A, B(u8), C { s: S<bool> } }
    fun same<T: drop>(a: T, b: T): bool { a == b }
    fun same_reference<T>(a: &T, b: &T): bool { a == b }
    #[test] fun structs() { assert!(same(S { t: 1, v: vector[2] }, S { t: 1u8, v: vector[2] }), 1); assert!(!same(S { t: 1, v: vector[2] }, S { t: 1u8, v: vector[] }), 2) }
    #[test] fun enums() { let c = E::C { s: S { t: true, v: vector[] } }; assert!(same(c, c), 1); assert!(c != E::A, 2); assert!(E::B(1) != E::B(2), 3) }
    #[test] fun vectors() { assert!(vector[vector[1u8]] == vector[vector[1]], 1); assert!(vector[@1] != vector[@2], 2) }
    #[test(a = @1, b = @2)] fun signers(a: &signer, b: &signer) { assert!(a != b, 1); assert!(same_reference(a, a), 2) }
    #[test] fun units() { assert!(same(true, 1 == 1), 1) }
}
