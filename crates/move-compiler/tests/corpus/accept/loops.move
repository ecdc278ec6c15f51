// while, loop, break, continue.
module t::loops {
    #[test] fun counts() { let i = 0; let s = 0; while (i < 10) { i = i + 1; if (i % 3 == 0) continue; s = s + i; }; abort s }
    #[test] fun breaks() { let i = 0; loop { if (i == 7) break; i = i + 1 }; abort i }
    #[test] fun nested() { let s = 0; let i = 0; while (i < 4) { let j = 0; loop { if (j > i) break; j += 1; s += 1 }; i += 1 }; abort s }
    fun find(v: &vector<u64>, x: u64): u64 { let i = 0; loop { if (i >= v.length()) return 99; if (v[i] == x) return i; i += 1 } }
    #[test] fun returns() { abort find(&vector[4, 5, 6], 6) * 100 + find(&vector[], 1) }
    #[test] fun condition_with_block() { let i = 0; while ({ i = i + 1; i < 5 }) {}; abort i }
    #[test] fun while_of_call() { let v = vector[1, 2, 3]; let s = 0; while (!v.is_empty()) s += v.pop_back(); abort s }
}
