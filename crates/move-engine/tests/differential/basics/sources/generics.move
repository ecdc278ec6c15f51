module t::generics {
    use std::vector;
    use t::digest;

    struct Wrap<T> has copy, drop, store { inner: T }
    struct Two<A, B> has copy, drop { a: A, b: B }
    struct Tag<phantom T> has copy, drop { n: u64 }

    fun id<T>(x: T): T { x }
    fun flip<A, B>(t: Two<A, B>): Two<B, A> { let Two { a, b } = t; Two { a: b, b: a } }
    fun wrap<T>(inner: T): Wrap<T> { Wrap { inner } }
    fun unwrap<T>(w: Wrap<T>): T { let Wrap { inner } = w; inner }
    fun pick<T: drop>(first: bool, a: T, b: T): T { if (first) a else b }
    fun twice<T: copy>(x: T): vector<T> { vector[copy x, x] }
    fun set<T: drop>(r: &mut T, v: T) { *r = v }
    fun equal<T: drop>(a: T, b: T): bool { a == b }
    fun depth<T: copy + drop>(x: T, n: u64): u64 {
        if (n == 0) 1 else 1 + depth(x, n - 1)
    }

    #[test] fun identity() {
        let d = digest::add(0, id(5));
        d = digest::any(d, &id(b"bytes"));
        d = digest::any(d, &id(1u256 << 77));
        d = digest::any(d, &id(@0x5));
        abort digest::any(d, &id(wrap(wrap(true))))
    }
    #[test] fun flips() {
        abort digest::any(digest::any(0, &flip(Two { a: 1u8, b: b"xyz" })), &flip(flip(Two { a: @0x1, b: 5u128 })))
    }
    #[test] fun wraps() { abort unwrap(unwrap(wrap(wrap(41)))) + 1 }
    #[test] fun picks() { abort digest::any(pick(true, 1, 2), &pick(false, b"a", b"b")) }
    #[test] fun copies() {
        let v = twice(twice(wrap(b"q")));
        let row = vector::borrow_mut(&mut v, 0);
        vector::borrow_mut(row, 1).inner.push_back(1);
        abort digest::any(0, &v)
    }
    #[test] fun sets() {
        let w = wrap(1u64);
        set(&mut w.inner, 9);
        let x = wrap(vector[1u8]);
        set(&mut x, wrap(vector[2, 3]));
        abort digest::any(digest::any(0, &w), &x)
    }
    #[test] fun equals() {
        abort (if (equal(1u8, 1)) 1u64 else 0) + (if (equal(wrap(b"a"), wrap(b"b"))) 2u64 else 0)
            + (if (equal(Two { a: 1u16, b: vector[true] }, Two { a: 1u16, b: vector[true] })) 4u64 else 0)
    }
    #[test] fun phantom_tag() { let t = Tag<vector<address>> { n: 12 }; let u = t; abort digest::any(t.n, &u) }
    #[test] fun recursion() { abort depth(wrap(b"abc"), 100) }
}
