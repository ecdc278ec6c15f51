// Inline functions are put where they are called.
module t::inline_simple {
    inline fun add(a: u64, b: u64): u64 { a + b }
    inline fun twice(a: u64): u64 { add(a, a) }
    inline fun nothing() {}
    inline fun pair(a: u64): (u64, u64) { (a, a + 1) }
    inline fun change(r: &mut u64) { *r += 5 }
    inline fun generic<T: drop>(t: T): u64 { let _x = t; 3 }
    #[test] fun sums() { abort twice(add(1, 2)) }
    #[test] fun unit() { nothing(); let () = nothing(); }
    #[test] fun pairs() { let (a, b) = pair(7); abort a * b }
    #[test] fun changed() { let x = 1; change(&mut x); change(&mut x); abort x }
    #[test] fun generics() { abort generic(5u8) + generic(vector[true]) }
    #[test] fun arguments_once() { let x = 0; let y = twice({ x += 1; x }); abort x * 10 + y }
}
