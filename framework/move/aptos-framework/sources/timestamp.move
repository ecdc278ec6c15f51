/// The time of the current block, in microseconds since the Unix epoch. It never runs backwards.
module aptos_framework::timestamp {
    use std::error;
    use aptos_framework::system_addresses;

    /// The time of a block is before that of its parent
    const EINVALID_TIMESTAMP: u64 = 2;

    const MICRO_CONVERSION_FACTOR: u64 = 1000000;

    /// The clock, at `0x1`.
    struct CurrentTimeMicroseconds has key {
        microseconds: u64
    }

    /// Starts the clock at zero, at genesis.
    public(package) fun set_time_has_started(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        move_to(aptos_framework, CurrentTimeMicroseconds { microseconds: 0 });
    }

    /// Sets the clock to the time of a new block. Blocks may share a time, as several fit into one second of the
    /// EVM's clock; a block without proposer (`@vm_reserved`) has the time of its parent. Only the VM may call this.
    public fun update_global_time(account: &signer, proposer: address, timestamp: u64) {
        system_addresses::assert_vm(account);
        let clock = &mut CurrentTimeMicroseconds[@aptos_framework];
        let valid =
            if (proposer == @vm_reserved) clock.microseconds == timestamp
            else clock.microseconds <= timestamp;
        assert!(valid, error::invalid_argument(EINVALID_TIMESTAMP));
        clock.microseconds = timestamp;
    }

    #[view]
    /// The time of the current block in microseconds.
    public fun now_microseconds(): u64 {
        CurrentTimeMicroseconds[@aptos_framework].microseconds
    }

    #[view]
    /// The time of the current block in whole seconds.
    public fun now_seconds(): u64 {
        now_microseconds() / MICRO_CONVERSION_FACTOR
    }

    #[test_only]
    /// Starts the clock of a test, if it does not run yet.
    public fun set_time_has_started_for_testing(account: &signer) {
        if (!exists<CurrentTimeMicroseconds>(@aptos_framework)) {
            set_time_has_started(account);
        };
    }

    #[test_only]
    /// Sets the clock of a test to a later time.
    public fun update_global_time_for_test(timestamp_microsecs: u64) {
        let clock = &mut CurrentTimeMicroseconds[@aptos_framework];
        assert!(clock.microseconds < timestamp_microsecs, error::invalid_argument(EINVALID_TIMESTAMP));
        clock.microseconds = timestamp_microsecs;
    }

    #[test_only]
    /// Sets the clock of a test to a later time, in seconds.
    public fun update_global_time_for_test_secs(timestamp_seconds: u64) {
        update_global_time_for_test(timestamp_seconds * MICRO_CONVERSION_FACTOR);
    }

    #[test_only]
    /// Lets `timestamp_seconds` pass.
    public fun fast_forward_seconds(timestamp_seconds: u64) {
        update_global_time_for_test_secs(now_seconds() + timestamp_seconds);
    }

    #[test(framework = @aptos_framework, vm = @vm_reserved)]
    fun follows_the_blocks(framework: &signer, vm: &signer) {
        set_time_has_started_for_testing(framework);
        set_time_has_started_for_testing(framework);
        update_global_time(vm, @0x42, 3500000);
        assert!(now_microseconds() == 3500000 && now_seconds() == 3, 0);
        update_global_time(vm, @0x42, 3500000);
        update_global_time(vm, @vm_reserved, 3500000);
        fast_forward_seconds(2);
        assert!(now_seconds() == 5, 0);
    }

    #[test(framework = @aptos_framework, vm = @vm_reserved)]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun does_not_run_backwards(framework: &signer, vm: &signer) {
        set_time_has_started_for_testing(framework);
        update_global_time(vm, @0x42, 10);
        update_global_time(vm, @0x42, 9);
    }

    #[test(framework = @aptos_framework, vm = @vm_reserved)]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun stands_still_without_proposer(framework: &signer, vm: &signer) {
        set_time_has_started_for_testing(framework);
        update_global_time(vm, @vm_reserved, 1);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x50002, location = aptos_framework::system_addresses)]
    fun only_the_vm_sets_it(framework: &signer) {
        set_time_has_started_for_testing(framework);
        update_global_time(framework, @0x42, 1);
    }
}
