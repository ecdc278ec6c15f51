// Several values at once.
module t::tuples {
    fun three(): (u64, bool, u8) { (4, true, 5) }
    fun swap(a: u64, b: u64): (u64, u64) { (b, a) }
    #[test] fun bound() { let (a, b, c) = three(); assert!(b, 1); abort a * 10 + (c as u64) }
    #[test] fun ignored() { let (a, _, _) = three(); abort a }
    #[test] fun assigned() { let (a, b) = (1, 2); (a, b) = swap(a, b); (a, b) = (b + 10, a + 20); abort a * 100 + b }
    #[test] fun typed() { let (a, b): (u8, u64) = (1, 2); abort (a as u64) + b }
    #[test] fun of_if() { let (a, b) = if (1 == 1) (1, 2) else (3, 4); abort a * 10 + b }
    #[test] fun unit() { let () = (); () }
}
