// `..` stands for the fields that nobody wants.
module t::partial_patterns {
    struct Many has copy, drop { a: u8, b: u16, c: u32, d: u64 }
    fun many(): Many { Many { a: 1, b: 2, c: 3, d: 4 } }
    #[test] fun named() { let Many { c, .. } = many(); abort c as u64 }
    #[test] fun renamed() { let Many { d: x, a, .. } = many(); abort x * 10 + (a as u64) }
    #[test] fun by_reference() { let m = many(); let Many { d, .. } = &mut m; *d = 77; abort m.d }
    #[test] fun mixed() { let m = many(); let r = &m; let Many { a, b, .. } = r; abort (*a as u64) + (*b as u64) }
}
