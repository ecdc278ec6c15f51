// A module for tests only, and functions of tests as helpers.
#[test_only]
module t::test_only_module {
    struct S has drop { n: u64 }
    fun s(): S { S { n: 6 } }
    #[test] fun run() { abort s().n }
}
