/// Epochs: the chain's parameters stay the same within one. A sequencer chain has no validator set to change, so an
/// epoch only ends the time for which new parameters have to wait.
module aptos_framework::reconfiguration {
    use std::error;
    use aptos_framework::account;
    use aptos_framework::chain_status;
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::storage_gas;
    use aptos_framework::system_addresses;
    use aptos_framework::timestamp;

    /// The configuration exists already
    const ECONFIGURATION: u64 = 1;

    #[event]
    /// An epoch began.
    struct NewEpoch has drop, store {
        epoch: u64
    }

    /// An epoch began: the same in the stream of the `Configuration`.
    struct NewEpochEvent has drop, store {
        epoch: u64
    }

    /// The current epoch, at `0x1`.
    struct Configuration has key {
        /// The number of the current epoch.
        epoch: u64,
        /// When it began, in microseconds.
        last_reconfiguration_time: u64,
        events: EventHandle<NewEpochEvent>
    }

    /// Sets up epoch 0, at genesis.
    public(package) fun initialize(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        assert!(!exists<Configuration>(@aptos_framework), error::already_exists(ECONFIGURATION));
        move_to(
            aptos_framework,
            Configuration {
                epoch: 0,
                last_reconfiguration_time: 0,
                events: account::new_event_handle<NewEpochEvent>(aptos_framework)
            }
        );
    }

    /// Begins the next epoch. Nothing happens at genesis, or in a block that began one already.
    public(package) fun reconfigure() {
        let now = timestamp::now_microseconds();
        let config = &mut Configuration[@aptos_framework];
        if (chain_status::is_genesis() || now == config.last_reconfiguration_time) return;
        storage_gas::on_reconfig();
        config.last_reconfiguration_time = now;
        begin_next(config);
    }

    /// When the current epoch began, in microseconds.
    public fun last_reconfiguration_time(): u64 {
        Configuration[@aptos_framework].last_reconfiguration_time
    }

    /// The number of the current epoch.
    public fun current_epoch(): u64 {
        Configuration[@aptos_framework].epoch
    }

    /// Ends epoch 0, which is genesis itself.
    public(package) fun emit_genesis_reconfiguration_event() {
        begin_next(&mut Configuration[@aptos_framework]);
    }

    fun begin_next(config: &mut Configuration) {
        config.epoch += 1;
        let epoch = config.epoch;
        event::emit(NewEpoch { epoch });
        event::emit_event(&mut config.events, NewEpochEvent { epoch });
    }

    #[test_only]
    /// Sets up epoch 0 of a test.
    public fun initialize_for_test(account: &signer) {
        initialize(account);
    }

    #[test_only]
    /// Begins the next epoch of a test.
    public fun reconfigure_for_test() {
        reconfigure();
    }

    #[test_only]
    fun set_up(framework: &signer) {
        timestamp::set_time_has_started_for_testing(framework);
        aptos_framework::state_storage::initialize(framework);
        storage_gas::initialize(framework);
        initialize_for_test(framework);
    }

    #[test(framework = @aptos_framework)]
    fun epochs_count_up(framework: &signer) {
        set_up(framework);
        emit_genesis_reconfiguration_event();
        assert!(current_epoch() == 1 && last_reconfiguration_time() == 0, 0);
        chain_status::set_genesis_end(framework);
        timestamp::update_global_time_for_test(500);
        reconfigure_for_test();
        assert!(current_epoch() == 2 && last_reconfiguration_time() == 500, 0);
        assert!(event::was_event_emitted(&NewEpoch { epoch: 2 }), 0);
    }

    #[test(framework = @aptos_framework)]
    fun one_epoch_at_a_time(framework: &signer) {
        set_up(framework);
        timestamp::update_global_time_for_test(500);
        reconfigure();
        assert!(current_epoch() == 0, 0);
        chain_status::set_genesis_end(framework);
        reconfigure();
        reconfigure();
        assert!(current_epoch() == 1, 0);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x80001, location = Self)]
    fun is_set_up_once(framework: &signer) {
        initialize(framework);
        initialize(framework);
    }
}
