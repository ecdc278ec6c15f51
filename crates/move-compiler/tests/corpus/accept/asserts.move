// assert! and abort in all places.
module t::asserts {
    const E: u64 = 77;
    fun code(): u64 { abort 5 }
    fun f(x: u64): u64 { if (x == 0) abort E; if (x == 1) abort(E + 1); assert!(x != 2, E + 2); x }
    #[test] fun zero() { f(0); }
    #[test] fun one() { f(1); }
    #[test] fun two() { f(2); }
    #[test] fun three() { abort f(3) }
    #[test] fun lazy_code() { assert!(true, code()); }
    #[test] fun eager_code() { assert!(false, code()); }
    #[test] fun without_code() { assert!(1 == 2); }
    #[test] fun in_argument() { f(abort 9); }
    #[test] fun in_sum() { let _x = 1 + (if (f(3) == 3) abort 10 else 2); }
    #[test] #[expected_failure(abort_code = 77, location = Self)] fun right() { f(0); }
    #[test] #[expected_failure(abort_code = 78)] fun wrong() { f(0); }
    #[test] #[expected_failure] fun any() { f(0); }
    #[test] #[expected_failure] fun none() { f(5); }
    #[test] #[expected_failure(abort_code = E)] fun by_constant() { f(0); }
}
