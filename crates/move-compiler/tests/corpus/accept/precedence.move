// Which operator binds tighter.
module t::precedence {
    #[test] fun sums() { abort 2 + 3 * 4 - 10 / 5 % 3 }
    #[test] fun bits() { abort 1 | 2 ^ 3 & 6 }
    #[test] fun shifts() { abort 1 << 2 + 1 }
    #[test] fun shift_and_bits() { abort 5 & 1 << 2 | 16 >> 1 }
    #[test] fun comparison_and_bits() { assert!(3 & 1 == 1, 1); assert!(1 + 1 < 3 == true, 2) }
    #[test] fun logic() { assert!(true || false && false, 1); assert!(!false && true, 2) }
    #[test] fun cast_and_sum() { let x = 200u8; abort (x as u64) + 100 }
    #[test] fun minus_to_the_left() { abort 100 - 10 - 5 }
    #[test] fun division_to_the_left() { abort 100 / 10 / 5 * 3 }
    #[test] fun reference_and_field() { let v = vector[7]; let r = &v; abort *&r[0] + *&(*r)[0] }
    #[test] fun if_is_greedy() { let x = 1 + if (true) 2 else 3 + 10; abort x }
    #[test] fun abort_is_greedy() { abort 1 + 2 }
    #[test] fun borrow_and_index() { let v = vector[vector[1], vector[2]]; let r = &v[1]; abort r[0] }
    #[test] fun borrow_and_field() { let s = S { n: 4 }; let r = &mut s.n; *r = 9; abort s.n }
    struct S has drop { n: u64 }
}
