// Deep patterns in let and in assignments.
module t::destructuring {
    struct A has copy, drop { x: u64, b: B }
    struct B has copy, drop { y: u64, z: (bool) }
    fun a(): A { A { x: 1, b: B { y: 2, z: true } } }
    #[test] fun deep() { let A { x, b: B { y: w, z: _ } } = a(); abort x * 10 + w }
    #[test] fun assigned() { let x; let y; A { x, b: B { y, z: _ } } = a(); abort x * 10 + y }
    #[test] fun in_tuple() { let (A { x, b: _ }, c) = (a(), 5); abort x + c }
    #[test] fun through_reference() { let q = a(); let A { x, b: B { y, z: _ } } = &q; abort *x + *y }
    #[test] fun through_mutable() { let q = a(); { let A { x, b } = &mut q; *x = 7; b.y = 8 }; abort q.x * 10 + q.b.y }
}
