// break and continue in inline functions stay in them; aborts do not.
module t::inline_control {
    inline fun find(v: &vector<u64>, p: |u64| bool): u64 {
        let i = 0;
        let found = 99;
        while (i < v.length()) { if (p(v[i])) { found = i; break }; i += 1 };
        found
    }
    inline fun fail(c: u64) { abort c }
    #[test] fun in_loop() { let s = 0; for (k in 0..4) { s = s * 100 + find(&vector[0, 1, 2], |x| x == k) }; abort s }
    #[test] fun failed() { fail(7) }
    #[test] fun failed_in_lambda() { find(&vector[1], |_x| abort 8); }
}
