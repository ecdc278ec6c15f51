// `is` asks for a variant, or for one of several.
module t::enum_is {
    enum E has drop { A, B(u64), C { x: bool } }
    fun code(e: &E): u64 { if (e is A) 1 else if (e is B | C) 2 else 3 }
    #[test] fun one() { abort code(&E::A) }
    #[test] fun several() { abort code(&E::C { x: true }) * 10 + code(&E::B(1)) }
    #[test] fun value() { let e = E::B(4); assert!(e is E::B, 1); assert!(!(e is E::A), 2) }
}
