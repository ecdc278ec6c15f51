/// The prices of everything that a transaction can do: a list of named parameters, and the version of the rules by
/// which the VM reads them.
module aptos_framework::gas_schedule {
    use std::bcs;
    use std::error;
    use std::string::String;
    use aptos_std::aptos_hash;
    use aptos_framework::config_buffer;
    use aptos_framework::reconfiguration;
    use aptos_framework::storage_gas::{Self, StorageGasConfig};
    use aptos_framework::system_addresses;
    use aptos_framework::util;

    /// The provided gas schedule bytes are empty or invalid
    const EINVALID_GAS_SCHEDULE: u64 = 1;
    /// The feature version of a gas schedule must not go down
    const EINVALID_GAS_FEATURE_VERSION: u64 = 2;
    /// The current gas schedule is not the one that the change was made for
    const EINVALID_GAS_SCHEDULE_HASH: u64 = 3;

    /// One parameter.
    struct GasEntry has copy, drop, store {
        key: String,
        val: u64
    }

    /// The parameters, without a version.
    struct GasSchedule has copy, drop, key {
        entries: vector<GasEntry>
    }

    /// The parameters, and the version of the rules for them.
    struct GasScheduleV2 has copy, drop, key, store {
        feature_version: u64,
        entries: vector<GasEntry>
    }

    /// Sets the schedule from its BCS, at genesis.
    public(package) fun initialize(aptos_framework: &signer, gas_schedule_blob: vector<u8>) {
        system_addresses::assert_aptos_framework(aptos_framework);
        move_to(aptos_framework, read(gas_schedule_blob));
    }

    /// Replaces the schedule at once, which begins an epoch.
    public fun set_gas_schedule(aptos_framework: &signer, gas_schedule_blob: vector<u8>) {
        system_addresses::assert_aptos_framework(aptos_framework);
        put(aptos_framework, read_successor(gas_schedule_blob));
        reconfiguration::reconfigure();
    }

    /// Replaces the schedule from the next epoch on.
    public fun set_for_next_epoch(aptos_framework: &signer, gas_schedule_blob: vector<u8>) {
        system_addresses::assert_aptos_framework(aptos_framework);
        config_buffer::upsert(read_successor(gas_schedule_blob));
    }

    /// Replaces the schedule from the next epoch on, if the SHA3-512 hash of the current one's BCS is
    /// `old_gas_schedule_hash`.
    public fun set_for_next_epoch_check_hash(
        aptos_framework: &signer, old_gas_schedule_hash: vector<u8>, new_gas_schedule_blob: vector<u8>
    ) {
        system_addresses::assert_aptos_framework(aptos_framework);
        let next = read_successor(new_gas_schedule_blob);
        if (exists<GasScheduleV2>(@aptos_framework)) {
            let hash = aptos_hash::sha3_512(bcs::to_bytes(&GasScheduleV2[@aptos_framework]));
            assert!(hash == old_gas_schedule_hash, error::invalid_argument(EINVALID_GAS_SCHEDULE_HASH));
        };
        config_buffer::upsert(next);
    }

    /// Puts the schedule that waits into force.
    public(package) fun on_new_epoch(framework: &signer) {
        system_addresses::assert_aptos_framework(framework);
        if (config_buffer::does_exist<GasScheduleV2>()) {
            put(framework, config_buffer::extract_v2<GasScheduleV2>());
        }
    }

    /// Replaces the curves of storage gas at once, which begins an epoch.
    public fun set_storage_gas_config(aptos_framework: &signer, config: StorageGasConfig) {
        storage_gas::set_config(aptos_framework, config);
        reconfiguration::reconfigure();
    }

    /// Replaces the curves of storage gas; prices follow at the next epoch.
    public fun set_storage_gas_config_for_next_epoch(aptos_framework: &signer, config: StorageGasConfig) {
        storage_gas::set_config(aptos_framework, config);
    }

    fun read(blob: vector<u8>): GasScheduleV2 {
        assert!(!blob.is_empty(), error::invalid_argument(EINVALID_GAS_SCHEDULE));
        util::from_bytes(blob)
    }

    fun read_successor(blob: vector<u8>): GasScheduleV2 {
        let next = read(blob);
        if (exists<GasScheduleV2>(@aptos_framework)) {
            assert!(
                next.feature_version >= GasScheduleV2[@aptos_framework].feature_version,
                error::invalid_argument(EINVALID_GAS_FEATURE_VERSION)
            );
        };
        next
    }

    fun put(framework: &signer, schedule: GasScheduleV2) {
        if (exists<GasScheduleV2>(@aptos_framework)) {
            GasScheduleV2[@aptos_framework] = schedule;
        } else {
            move_to(framework, schedule);
        }
    }

    #[test_only]
    fun blob(feature_version: u64, val: u64): vector<u8> {
        let key = std::string::utf8(b"instr.nop");
        bcs::to_bytes(&GasScheduleV2 { feature_version, entries: vector[GasEntry { key, val }] })
    }

    #[test_only]
    fun price_of_nop(): u64 {
        GasScheduleV2[@aptos_framework].entries[0].val
    }

    #[test(framework = @aptos_framework)]
    fun waits_for_the_epoch(framework: &signer) {
        config_buffer::initialize(framework);
        initialize(framework, blob(1, 100));
        set_for_next_epoch(framework, blob(1, 200));
        assert!(price_of_nop() == 100, 0);
        on_new_epoch(framework);
        assert!(price_of_nop() == 200, 0);
    }

    #[test(framework = @aptos_framework)]
    fun a_change_can_name_what_it_replaces(framework: &signer) {
        config_buffer::initialize(framework);
        initialize(framework, blob(1, 100));
        set_for_next_epoch_check_hash(framework, aptos_hash::sha3_512(blob(1, 100)), blob(2, 300));
        on_new_epoch(framework);
        assert!(price_of_nop() == 300, 0);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10003, location = Self)]
    fun a_change_of_another_schedule_fails(framework: &signer) {
        config_buffer::initialize(framework);
        initialize(framework, blob(1, 100));
        set_for_next_epoch_check_hash(framework, aptos_hash::sha3_512(blob(1, 99)), blob(2, 300));
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun feature_version_does_not_go_down(framework: &signer) {
        initialize(framework, blob(2, 100));
        set_for_next_epoch(framework, blob(1, 100));
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun a_schedule_is_not_empty(framework: &signer) {
        initialize(framework, vector[]);
    }
}
