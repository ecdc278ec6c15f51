/// The state of block 0: the framework's accounts, the parameters of the chain, ETH, the clock, and the first event.
/// The VM calls these functions, in the order in which they stand here, after it has put the framework's modules in
/// place.
module aptos_framework::genesis {
    use aptos_framework::account;
    use aptos_framework::aggregator_factory;
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::aptos_coin;
    use aptos_framework::block;
    use aptos_framework::chain_id;
    use aptos_framework::chain_status;
    use aptos_framework::coin;
    use aptos_framework::config_buffer;
    use aptos_framework::create_signer::create_signer;
    use aptos_framework::gas_schedule;
    use aptos_framework::nonce_validation;
    use aptos_framework::randomness;
    use aptos_framework::reconfiguration;
    use aptos_framework::state_storage;
    use aptos_framework::storage_gas;
    use aptos_framework::timestamp;
    use aptos_framework::version;

    /// How many of the latest blocks' events stay in state.
    const COMMIT_HISTORY: u32 = 2000;

    /// Sets up the framework's accounts and the chain's parameters. `gas_schedule` is the BCS of a `GasScheduleV2`.
    fun initialize(
        gas_schedule: vector<u8>, chain_id: u8, initial_version: u64, epoch_interval_microsecs: u64
    ) {
        let (framework, _) = account::create_framework_reserved_account(@aptos_framework);
        let framework = &framework;
        account::initialize(framework);
        create_other_framework_accounts();

        chain_id::initialize(framework, chain_id);
        version::initialize(framework, initial_version);
        config_buffer::initialize(framework);
        storage_gas::initialize(framework);
        gas_schedule::initialize(framework, gas_schedule);
        state_storage::initialize(framework);

        aggregator_factory::initialize_aggregator_factory(framework);
        coin::initialize_supply_config(framework);
        nonce_validation::initialize(framework);
        randomness::initialize(framework);

        reconfiguration::initialize(framework);
        block::initialize(framework, epoch_interval_microsecs);
        block::initialize_commit_history(framework, COMMIT_HISTORY);
        timestamp::set_time_has_started(framework);
    }

    /// Sets up ETH, which nobody can mint.
    fun initialize_aptos_coin() {
        let framework = &create_signer(@aptos_framework);
        let (burn_cap, mint_cap) = aptos_coin::initialize(framework);
        coin::create_coin_conversion_map(framework);
        coin::create_pairing<AptosCoin>(framework);
        coin::destroy_burn_cap(burn_cap);
        coin::destroy_mint_cap(mint_cap);
        aptos_coin::destroy_mint_cap(framework);
    }

    /// Sets up ETH on a test network, where the core resources' account can mint it.
    fun initialize_core_resources_and_aptos_coin(core_resources_auth_key: vector<u8>) {
        let framework = &create_signer(@aptos_framework);
        let (burn_cap, mint_cap) = aptos_coin::initialize(framework);
        coin::create_coin_conversion_map(framework);
        coin::create_pairing<AptosCoin>(framework);
        coin::destroy_burn_cap(burn_cap);

        let core_resources = &account::create_account(@core_resources);
        account::rotate_authentication_key_internal(core_resources, core_resources_auth_key);
        aptos_coin::configure_accounts_for_test(framework, core_resources, mint_cap);
        aptos_coin::destroy_mint_cap(framework);
    }

    /// Emits the events of block 0 and of the first epoch, and ends genesis.
    fun set_genesis_end() {
        block::emit_genesis_block_event(create_signer(@vm_reserved));
        reconfiguration::emit_genesis_reconfiguration_event();
        chain_status::set_genesis_end(&create_signer(@aptos_framework));
    }

    fun create_other_framework_accounts() {
        let others = vector[@0x2, @0x3, @0x4, @0x5, @0x6, @0x7, @0x8, @0x9, @0xa];
        for (i in 0..others.length()) {
            account::create_framework_reserved_account(others[i]);
        }
    }

    #[test_only]
    use std::bcs;

    #[test_only]
    /// Version 1 of the rules for gas, and no parameters.
    const EMPTY_GAS_SCHEDULE: vector<u8> = x"010000000000000000";

    #[test_only]
    /// Sets up a whole chain for a test: chain 4, at time 0.
    public fun setup() {
        initialize(EMPTY_GAS_SCHEDULE, 4, 1, 7200000000);
        initialize_aptos_coin();
        set_genesis_end();
    }

    #[test]
    fun a_chain_begins() {
        setup();
        assert!(chain_status::is_operating(), 0);
        assert!(chain_id::get() == 4, 0);
        assert!(timestamp::now_microseconds() == 0, 0);
        assert!(block::get_current_block_height() == 0, 0);
        assert!(block::get_epoch_interval_secs() == 7200, 0);
        assert!(reconfiguration::current_epoch() == 1, 0);
        assert!(account::get_authentication_key(@0x3) == bcs::to_bytes(&@0x3), 0);
    }

    #[test]
    fun eth_is_there() {
        setup();
        assert!(coin::is_coin_initialized<AptosCoin>(), 0);
        assert!(coin::decimals<AptosCoin>() == 8, 0);
        assert!(coin::symbol<AptosCoin>() == std::string::utf8(b"ETH"), 0);
        assert!(coin::paired_metadata<AptosCoin>().is_some(), 0);
        assert!(!aptos_coin::has_mint_capability(&create_signer(@aptos_framework)), 0);
    }

    #[test]
    fun a_test_network_can_mint() {
        initialize(EMPTY_GAS_SCHEDULE, 4, 1, 7200000000);
        let key = bcs::to_bytes(&@0xc0ffee);
        initialize_core_resources_and_aptos_coin(key);
        set_genesis_end();
        assert!(aptos_coin::has_mint_capability(&create_signer(@core_resources)), 0);
        assert!(account::get_authentication_key(@core_resources) == key, 0);
        aptos_coin::mint(&create_signer(@core_resources), @0x42, 500);
        assert!(coin::balance<AptosCoin>(@0x42) == 500, 0);
    }
}
