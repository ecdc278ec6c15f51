#[test_only]
module aptos_std::from_bcs_tests {
    use std::bcs;
    use std::string;
    use aptos_std::from_bcs;

    #[test]
    fun values_come_back() {
        assert!(from_bcs::to_bool(bcs::to_bytes(&true)));
        assert!(!from_bcs::to_bool(bcs::to_bytes(&false)));
        assert!(from_bcs::to_u8(bcs::to_bytes(&255u8)) == 255);
        assert!(from_bcs::to_u16(bcs::to_bytes(&0x1234u16)) == 0x1234);
        assert!(from_bcs::to_u32(bcs::to_bytes(&0x12345678u32)) == 0x12345678);
        assert!(from_bcs::to_u64(bcs::to_bytes(&0x1234567890abcdefu64)) == 0x1234567890abcdef);
        assert!(from_bcs::to_u128(bcs::to_bytes(&(1u128 << 127))) == 1 << 127);
        assert!(from_bcs::to_u256(bcs::to_bytes(&(1u256 << 255))) == 1 << 255);
        assert!(from_bcs::to_address(bcs::to_bytes(&@0xcafe)) == @0xcafe);
        assert!(from_bcs::to_bytes(bcs::to_bytes(&b"bytes")) == b"bytes");
        let text = string::utf8(x"c3a421");
        assert!(from_bcs::to_string(bcs::to_bytes(&text)) == text);
    }

    #[test]
    fun numbers_are_little_endian() {
        assert!(from_bcs::to_u32(x"01000000") == 1);
        assert!(from_bcs::to_u16(x"0001") == 256);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::from_bcs)]
    fun too_few_bytes_abort() {
        from_bcs::to_u64(x"01020304050607");
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::from_bcs)]
    fun too_many_bytes_abort() {
        from_bcs::to_u8(x"0102");
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::from_bcs)]
    fun a_bool_is_zero_or_one() {
        from_bcs::to_bool(x"02");
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::from_bcs)]
    fun an_address_has_32_bytes() {
        from_bcs::to_address(x"01");
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::from_bcs)]
    fun a_length_that_is_not_there_aborts() {
        from_bcs::to_bytes(x"05010203");
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::from_bcs)]
    fun a_length_in_too_many_bytes_aborts() {
        from_bcs::to_bytes(x"8100ff");
    }

    #[test]
    #[expected_failure(abort_code = 0x1, location = aptos_std::from_bcs)]
    fun a_string_has_to_be_utf8() {
        from_bcs::to_string(x"02c328");
    }
}
