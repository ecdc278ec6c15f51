// Names that nobody uses, with underscores or without.
module t::locals_unused {
    fun f(_a: u64, _: bool, b: u8) { let _c = 1; let _ = 2; let d = 3; }
    #[test] fun run() { f(1, true, 2) }
    #[test] fun ignored_twice() { let (_, _) = (1, 2); let _ = { 5 }; }
}
