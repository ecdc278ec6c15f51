/// The major version of the chain's rules.
module aptos_framework::version {
    use std::error;
    use std::signer;
    use aptos_framework::config_buffer;
    use aptos_framework::reconfiguration;
    use aptos_framework::system_addresses;

    /// The new major version must be greater than the current one
    const EINVALID_MAJOR_VERSION_NUMBER: u64 = 1;
    /// The account may not change the version
    const ENOT_AUTHORIZED: u64 = 2;

    /// The version in force, at `0x1`.
    struct Version has drop, key, store {
        major: u64
    }

    /// Its owner may change the version.
    struct SetVersionCapability has key {}

    /// Sets the version, at genesis, and lets the framework change it.
    public(package) fun initialize(aptos_framework: &signer, initial_version: u64) {
        system_addresses::assert_aptos_framework(aptos_framework);
        move_to(aptos_framework, Version { major: initial_version });
        move_to(aptos_framework, SetVersionCapability {});
    }

    /// Raises the version at once, which begins an epoch.
    public entry fun set_version(account: &signer, major: u64) {
        check(account, major);
        Version[@aptos_framework].major = major;
        reconfiguration::reconfigure();
    }

    /// Raises the version from the next epoch on.
    public entry fun set_for_next_epoch(account: &signer, major: u64) {
        check(account, major);
        config_buffer::upsert(Version { major });
    }

    /// Puts the version that waits into force.
    public(package) fun on_new_epoch(framework: &signer) {
        system_addresses::assert_aptos_framework(framework);
        if (config_buffer::does_exist<Version>()) {
            Version[@aptos_framework] = config_buffer::extract_v2<Version>();
        }
    }

    fun check(account: &signer, major: u64) {
        assert!(
            exists<SetVersionCapability>(signer::address_of(account)), error::permission_denied(ENOT_AUTHORIZED)
        );
        assert!(
            major > Version[@aptos_framework].major, error::invalid_argument(EINVALID_MAJOR_VERSION_NUMBER)
        );
    }

    #[test(framework = @aptos_framework)]
    fun waits_for_the_epoch(framework: &signer) {
        config_buffer::initialize(framework);
        initialize(framework, 1);
        set_for_next_epoch(framework, 2);
        assert!(Version[@aptos_framework].major == 1, 0);
        on_new_epoch(framework);
        on_new_epoch(framework);
        assert!(Version[@aptos_framework].major == 2, 0);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun only_goes_up(framework: &signer) {
        initialize(framework, 5);
        set_version(framework, 5);
    }

    #[test(framework = @aptos_framework, user = @0x123)]
    #[expected_failure(abort_code = 0x50002, location = Self)]
    fun only_the_owner_raises_it(framework: &signer, user: &signer) {
        initialize(framework, 5);
        set_version(user, 6);
    }
}
