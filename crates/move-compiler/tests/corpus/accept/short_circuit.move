// The second operand is evaluated if it matters.
module t::short_circuit {
    fun yes(n: &mut u64): bool { *n += 1; true }
    fun no(n: &mut u64): bool { *n += 10; false }
    #[test] fun and() { let n = 0; let r = no(&mut n) && yes(&mut n); assert!(!r, 1); abort n }
    #[test] fun or() { let n = 0; let r = yes(&mut n) || no(&mut n); assert!(r, 1); abort n }
    #[test] fun mixed() { let n = 0; let r = no(&mut n) && yes(&mut n) || yes(&mut n) && no(&mut n); assert!(!r, 1); abort n }
    #[test] fun aborts() { let x = 5; assert!(x == 5 || abort 3, 1); assert!(x == 4 && abort 4, 2) }
    #[test] fun not() { let n = 0; if (!yes(&mut n)) n = 500 else n += 3; abort n }
}
