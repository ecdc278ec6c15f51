// Abilities, as prefix and as suffix, with conditions.
module t::abilities {
    struct A has copy, drop, store { x: u64 }
    struct B { x: u64 }
    struct C<T> { t: T } has drop, copy;
    struct K has key, store { a: A }
    fun eat<T: drop>(_t: T) {}
    fun two<T: copy + drop>(t: &T): T { let c = *t; eat(copy c); c }
    #[test] fun used() { let a = A { x: 4 }; eat(two(&a)); let c = C { t: a }; abort two(&c).t.x }
    #[test] fun without() { let b = B { x: 4 }; let B { x } = b; abort x }
    #[test] fun condition() { let c = C { t: B { x: 6 } }; let C { t: B { x } } = c; abort x }
    #[test] fun stored() { let k = K { a: A { x: 9 } }; let K { a } = k; abort a.x }
}
