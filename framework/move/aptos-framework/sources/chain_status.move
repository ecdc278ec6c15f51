/// Whether the chain is still making its first state, or runs.
module aptos_framework::chain_status {
    use std::error;
    use aptos_framework::system_addresses;

    /// The chain is not operating yet
    const ENOT_OPERATING: u64 = 1;
    /// The chain is past genesis
    const ENOT_GENESIS: u64 = 2;

    /// Exists once genesis is complete.
    struct GenesisEndMarker has key {}

    /// Ends genesis.
    public(package) fun set_genesis_end(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        move_to(aptos_framework, GenesisEndMarker {});
    }

    #[view]
    /// Whether genesis is still under way.
    public fun is_genesis(): bool {
        !is_operating()
    }

    #[view]
    /// Whether genesis is complete.
    public fun is_operating(): bool {
        exists<GenesisEndMarker>(@aptos_framework)
    }

    /// Aborts while genesis is under way.
    public fun assert_operating() {
        assert!(is_operating(), error::invalid_state(ENOT_OPERATING));
    }

    /// Aborts once genesis is complete.
    public fun assert_genesis() {
        assert!(is_genesis(), error::invalid_state(ENOT_GENESIS));
    }

    #[test(framework = @aptos_framework)]
    fun genesis_ends_once(framework: &signer) {
        assert_genesis();
        set_genesis_end(framework);
        assert_operating();
        assert!(is_operating() && !is_genesis(), 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = Self)]
    fun not_operating_before_the_end() {
        assert_operating();
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x30002, location = Self)]
    fun no_genesis_after_the_end(framework: &signer) {
        set_genesis_end(framework);
        assert_genesis();
    }
}
