// A struct is no test.
module t::test_of_struct {
    #[test]
    struct S { }
}
