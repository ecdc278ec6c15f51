#[test_only]
module aptos_std::copyable_any_tests {
    use std::string;
    use aptos_std::copyable_any;

    struct Size has copy, drop, store, key {
        width: u64,
        unit: vector<u8>
    }

    struct Same has copy, drop, store {
        width: u64,
        unit: vector<u8>
    }

    #[test]
    fun values_come_back() {
        assert!(copyable_any::pack(22u64).unpack::<u64>() == 22);
        assert!(copyable_any::pack(@0xa).unpack::<address>() == @0xa);
        assert!(copyable_any::pack(vector[true, false]).unpack::<vector<bool>>() == vector[true, false]);
        let size = Size { width: 3, unit: b"metre" };
        assert!(copyable_any::pack(size).unpack::<Size>() == size);
    }

    #[test]
    fun the_type_can_be_asked_for() {
        let packed = copyable_any::pack(Size { width: 3, unit: b"metre" });
        assert!(*packed.type_name() == string::utf8(b"0x1::copyable_any_tests::Size"));
    }

    #[test]
    fun a_packed_value_can_be_copied() {
        let packed = copyable_any::pack(7u8);
        let copied = packed;
        assert!(packed.unpack::<u8>() == copied.unpack::<u8>());
    }

    #[test]
    #[expected_failure(abort_code = 65536, location = aptos_std::copyable_any)]
    fun another_primitive_type_aborts() {
        copyable_any::pack(22u64).unpack::<u128>();
    }

    #[test]
    #[expected_failure(abort_code = 65536, location = aptos_std::copyable_any)]
    fun another_struct_of_the_same_fields_aborts() {
        copyable_any::pack(Size { width: 3, unit: b"metre" }).unpack::<Same>();
    }
}
