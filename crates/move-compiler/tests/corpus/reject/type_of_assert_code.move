// The code of assert! is a u64.
module t::type_of_assert_code {
    fun f() { assert!(true, 1u8) }
}
