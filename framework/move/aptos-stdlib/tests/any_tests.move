#[test_only]
module aptos_std::any_tests {
    use std::string;
    use aptos_std::any;

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
        assert!(any::pack(22u64).unpack::<u64>() == 22);
        assert!(any::pack(@0xa).unpack::<address>() == @0xa);
        assert!(any::pack(vector[true, false]).unpack::<vector<bool>>() == vector[true, false]);
        let size = Size { width: 3, unit: b"metre" };
        assert!(any::pack(size).unpack::<Size>() == size);
    }

    #[test]
    fun the_type_can_be_asked_for() {
        let packed = any::pack(Size { width: 3, unit: b"metre" });
        assert!(*packed.type_name() == string::utf8(b"0x1::any_tests::Size"));
    }

    #[test]
    #[expected_failure(abort_code = 65537, location = aptos_std::any)]
    fun another_primitive_type_aborts() {
        any::pack(22u64).unpack::<u128>();
    }

    #[test]
    #[expected_failure(abort_code = 65537, location = aptos_std::any)]
    fun another_struct_of_the_same_fields_aborts() {
        any::pack(Size { width: 3, unit: b"metre" }).unpack::<Same>();
    }
}
