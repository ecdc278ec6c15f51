// The condition of assert! is a bool.
module t::type_of_assert {
    fun f() { assert!(5, 1) }
}
