/// How large the state is: the number of its items and their bytes, as of the start of the epoch.
module aptos_framework::state_storage {
    use std::error;
    use aptos_framework::system_addresses;

    /// The usage of state has not been set up
    const ESTATE_STORAGE_USAGE: u64 = 0;

    /// An amount of state.
    struct Usage has copy, drop, store {
        items: u64,
        bytes: u64
    }

    /// The usage at the start of `epoch`.
    struct StateStorageUsage has key, store {
        epoch: u64,
        usage: Usage
    }

    /// Sets up the record at genesis, with nothing in it.
    public(package) fun initialize(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        assert!(!exists<StateStorageUsage>(@aptos_framework), error::already_exists(ESTATE_STORAGE_USAGE));
        move_to(aptos_framework, StateStorageUsage { epoch: 0, usage: Usage { items: 0, bytes: 0 } });
    }

    /// Takes the usage anew in the first block of an epoch.
    public(package) fun on_new_block(epoch: u64) {
        assert_set_up();
        let record = &mut StateStorageUsage[@aptos_framework];
        if (epoch != record.epoch) {
            record.epoch = epoch;
            record.usage = get_state_storage_usage_only_at_epoch_beginning();
        }
    }

    /// The items and bytes of state at the start of the epoch.
    public(package) fun current_items_and_bytes(): (u64, u64) {
        assert_set_up();
        let usage = StateStorageUsage[@aptos_framework].usage;
        (usage.items, usage.bytes)
    }

    fun assert_set_up() {
        assert!(exists<StateStorageUsage>(@aptos_framework), error::not_found(ESTATE_STORAGE_USAGE));
    }

    native fun get_state_storage_usage_only_at_epoch_beginning(): Usage;

    #[test_only]
    /// Sets the record of a test.
    public fun set_for_test(epoch: u64, items: u64, bytes: u64) {
        let record = &mut StateStorageUsage[@aptos_framework];
        record.epoch = epoch;
        record.usage = Usage { items, bytes };
    }

    #[test(framework = @aptos_framework)]
    fun stays_the_same_within_an_epoch(framework: &signer) {
        initialize(framework);
        set_for_test(3, 10, 200);
        on_new_block(3);
        let (items, bytes) = current_items_and_bytes();
        assert!(items == 10 && bytes == 200, 0);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x80000, location = Self)]
    fun is_set_up_once(framework: &signer) {
        initialize(framework);
        initialize(framework);
    }

    #[test]
    #[expected_failure(abort_code = 0x60000, location = Self)]
    fun needs_set_up() {
        on_new_block(1);
    }
}
