#[test_only]
module aptos_std::type_info_tests {
    use std::option;
    use std::string::{Self, String};
    use aptos_std::type_info;

    struct Plain has drop {}

    struct Pair<phantom A, phantom B> has drop {}

    #[test]
    fun a_struct_is_described() {
        let info = type_info::type_of<Plain>();
        assert!(info.account_address() == @aptos_std);
        assert!(info.module_name() == b"type_info_tests");
        assert!(info.struct_name() == b"Plain");
    }

    #[test]
    fun type_arguments_are_part_of_the_name() {
        let info = type_info::type_of<Pair<vector<u8>, Pair<Plain, bool>>>();
        assert!(
            info.struct_name()
                == b"Pair<vector<u8>, 0x1::type_info_tests::Pair<0x1::type_info_tests::Plain, bool>>"
        );
    }

    #[test]
    fun every_type_has_a_name() {
        assert!(type_info::type_name<bool>() == string::utf8(b"bool"));
        assert!(type_info::type_name<u8>() == string::utf8(b"u8"));
        assert!(type_info::type_name<u16>() == string::utf8(b"u16"));
        assert!(type_info::type_name<u32>() == string::utf8(b"u32"));
        assert!(type_info::type_name<u64>() == string::utf8(b"u64"));
        assert!(type_info::type_name<u128>() == string::utf8(b"u128"));
        assert!(type_info::type_name<u256>() == string::utf8(b"u256"));
        assert!(type_info::type_name<address>() == string::utf8(b"address"));
        assert!(type_info::type_name<signer>() == string::utf8(b"signer"));
        assert!(type_info::type_name<vector<vector<u64>>>() == string::utf8(b"vector<vector<u64>>"));
        assert!(type_info::type_name<String>() == string::utf8(b"0x1::string::String"));
        assert!(
            type_info::type_name<Pair<Plain, vector<String>>>()
                == string::utf8(
                    b"0x1::type_info_tests::Pair<0x1::type_info_tests::Plain, vector<0x1::string::String>>"
                )
        );
    }

    #[test]
    fun sizes_are_those_of_bcs() {
        assert!(type_info::size_of_val(&true) == 1);
        assert!(type_info::size_of_val(&7u64) == 8);
        assert!(type_info::size_of_val(&@0x1) == 32);
        assert!(type_info::size_of_val(&vector<u16>[]) == 1);
        assert!(type_info::size_of_val(&vector[1u16, 2]) == 5);
        assert!(type_info::size_of_val(&option::some(7u32)) == 5);
        let long = vector[];
        for (i in 0..128) {
            long.push_back(0u8);
        };
        assert!(type_info::size_of_val(&long) == 130);
    }

    #[test]
    fun tests_run_on_chain_4() {
        assert!(type_info::chain_id() == 4);
    }

    #[test]
    #[expected_failure(location = aptos_std::type_info)]
    fun describing_a_primitive_type_aborts() {
        type_info::type_of<u64>();
    }
}
