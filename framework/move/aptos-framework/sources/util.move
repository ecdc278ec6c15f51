/// Reads BCS into any type, for the framework's own modules, which know where the bytes come from.
module aptos_framework::util {
    /// The value of type `T` in `bytes`. Aborts if they are not its canonical BCS. With this a struct of another module
    /// can be made out of nothing, so it stays within the framework; others use `aptos_std::from_bcs`.
    public(package) native fun from_bytes<T>(bytes: vector<u8>): T;

    /// The address in `bytes`.
    public fun address_from_bytes(bytes: vector<u8>): address {
        from_bytes(bytes)
    }

    #[test]
    fun reads_what_bcs_wrote() {
        assert!(address_from_bytes(std::bcs::to_bytes(&@0xcafe)) == @0xcafe, 0);
        assert!(from_bytes<u64>(x"0100000000000000") == 1, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun rejects_what_is_not_bcs() {
        address_from_bytes(x"cafe");
    }
}
