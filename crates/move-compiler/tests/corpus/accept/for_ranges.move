// for over a range, whose ends are computed once.
module t::for_ranges {
    fun end(n: &mut u64): u64 { *n += 1; 4 }
    #[test] fun sum() { let s = 0; for (i in 0..10) { s += i }; abort s }
    #[test] fun empty() { let s = 7; for (i in 5..5) { s += i }; for (i in 6..2) { s += i }; abort s }
    #[test] fun once() { let n = 0; let s = 0; for (i in 1..end(&mut n)) s += i; abort s * 10 + n }
    #[test] fun narrow() { let s = 0u8; for (i in 250u8..255) { s += i - 249; }; abort s as u64 }
    #[test] fun continues() { let s = 0; for (i in 0..10) { if (i % 2 == 0) continue; if (i > 7) break; s += i }; abort s }
    #[test] fun nested() { let s = 0; for (i in 0..4) for (j in i..4) s += i * j; abort s }
    #[test] fun changed() { let s = 0; for (i in 0..10) { s += 1; i += 4; let _ = i; }; abort s }
}
