// Type parameters of functions and structs.
module t::generics {
    struct Pair<A, B> has copy, drop { a: A, b: B }
    fun swap<A, B>(p: Pair<A, B>): Pair<B, A> { let Pair { a, b } = p; Pair { a: b, b: a } }
    fun same<T>(x: T): T { x }
    fun twice<T: copy>(x: T): (T, T) { (copy x, x) }
    #[test] fun swapped() { let Pair { a, b } = swap(Pair { a: 5u8, b: 600u64 }); abort a + (b as u64) }
    #[test] fun explicit() { abort same<u64>(4) + (same<u8>(5) as u64) }
    #[test] fun tuples() { let (a, b) = twice(same(6)); abort a * b }
    #[test] fun annotated() { let p: Pair<u8, u64> = Pair { a: 1, b: 70 }; abort p.b }
}
