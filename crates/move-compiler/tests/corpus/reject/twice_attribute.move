// An attribute twice.
module t::twice_attribute {
    #[test]
    #[test]
    fun f() { }
}
