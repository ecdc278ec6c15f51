/// The number that tells this network from others, so that a transaction for one is not valid on another.
module aptos_framework::chain_id {
    use aptos_framework::system_addresses;

    /// The chain id, at `0x1`.
    struct ChainId has key {
        id: u8
    }

    /// Sets the chain id, at genesis.
    public(package) fun initialize(aptos_framework: &signer, id: u8) {
        system_addresses::assert_aptos_framework(aptos_framework);
        move_to(aptos_framework, ChainId { id });
    }

    #[view]
    /// The chain id.
    public fun get(): u8 {
        ChainId[@aptos_framework].id
    }

    #[test_only]
    /// Sets the chain id of a test.
    public fun initialize_for_test(aptos_framework: &signer, id: u8) {
        if (!exists<ChainId>(@aptos_framework)) {
            initialize(aptos_framework, id);
        };
        ChainId[@aptos_framework].id = id;
    }

    #[test(framework = @aptos_framework)]
    fun is_what_genesis_set(framework: &signer) {
        initialize_for_test(framework, 7);
        assert!(get() == 7, 0);
    }

    #[test(user = @0x123)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::system_addresses)]
    fun only_the_framework_sets_it(user: &signer) {
        initialize(user, 7);
    }
}
