// Break and continue of outer loops.
module t::labels {
    #[test] fun breaks() { let n = 0; 'outer: loop { loop { n += 1; if (n > 5) break 'outer; if (n > 100) break } }; abort n }
    #[test] fun continues() {
        let i = 0; let n = 0;
        'rows: while (i < 5) { i += 1; let j = 0; while (j < 5) { j += 1; if (j == i) continue 'rows; n += 1 } };
        abort n
    }
    #[test] fun inner() { let n = 0; 'a: loop { 'b: loop { n += 1; if (n < 3) continue 'b; break 'b }; n += 10; if (n > 30) break 'a }; abort n }
    #[test] fun of_for() { let n = 0; 'a: loop { for (i in 0..9) { if (i > 5) break 'a; n += 1 }; n += 100 }; abort n }
}
