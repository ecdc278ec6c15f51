/// The addresses that the chain itself owns, and checks that a signer is one of them.
module aptos_framework::system_addresses {
    use std::error;
    use std::signer;

    /// The address or account is not the core resource address
    const ENOT_CORE_RESOURCE_ADDRESS: u64 = 1;
    /// The operation can only be performed by the VM
    const EVM: u64 = 2;
    /// The address or account is not the framework address
    const ENOT_APTOS_FRAMEWORK_ADDRESS: u64 = 3;
    /// The address is not reserved for the framework
    const ENOT_FRAMEWORK_RESERVED_ADDRESS: u64 = 4;

    /// The framework's packages live at `0x1` to `0xa`.
    const LAST_FRAMEWORK_ADDRESS: address = @0xa;

    /// Aborts unless `account` is the core resource account.
    public fun assert_core_resource(account: &signer) {
        assert_core_resource_address(signer::address_of(account));
    }

    /// Aborts unless `addr` is the core resource address.
    public fun assert_core_resource_address(addr: address) {
        assert!(is_core_resource_address(addr), error::permission_denied(ENOT_CORE_RESOURCE_ADDRESS));
    }

    /// Whether `addr` is the core resource address.
    public fun is_core_resource_address(addr: address): bool {
        addr == @core_resources
    }

    /// Aborts unless `account` is `0x1`.
    public fun assert_aptos_framework(account: &signer) {
        assert!(
            is_aptos_framework_address(signer::address_of(account)),
            error::permission_denied(ENOT_APTOS_FRAMEWORK_ADDRESS)
        );
    }

    /// Aborts unless `account` is one of the framework's reserved accounts.
    public fun assert_framework_reserved_address(account: &signer) {
        assert_framework_reserved(signer::address_of(account));
    }

    /// Aborts unless `addr` is one of the framework's reserved addresses.
    public fun assert_framework_reserved(addr: address) {
        assert!(is_framework_reserved_address(addr), error::permission_denied(ENOT_FRAMEWORK_RESERVED_ADDRESS));
    }

    /// Whether `addr` is `0x1` to `0xa`.
    public fun is_framework_reserved_address(addr: address): bool {
        addr == @0x1 || addr == @0x2 || addr == @0x3 || addr == @0x4 || addr == @0x5 || addr == @0x6
            || addr == @0x7 || addr == @0x8 || addr == @0x9 || addr == LAST_FRAMEWORK_ADDRESS
    }

    /// Whether `addr` is `0x1`.
    public fun is_aptos_framework_address(addr: address): bool {
        addr == @aptos_framework
    }

    /// Aborts unless `account` is the VM's own.
    public fun assert_vm(account: &signer) {
        assert!(is_vm(account), error::permission_denied(EVM));
    }

    /// Whether `account` is the VM's own.
    public fun is_vm(account: &signer): bool {
        is_vm_address(signer::address_of(account))
    }

    /// Whether `addr` is the VM's.
    public fun is_vm_address(addr: address): bool {
        addr == @vm_reserved
    }

    /// Whether `addr` is the VM's or `0x1`.
    public fun is_reserved_address(addr: address): bool {
        is_aptos_framework_address(addr) || is_vm_address(addr)
    }

    #[test(framework = @aptos_framework, vm = @vm_reserved, core = @core_resources)]
    fun the_owners_pass(framework: &signer, vm: &signer, core: &signer) {
        assert_aptos_framework(framework);
        assert_framework_reserved_address(framework);
        assert_vm(vm);
        assert_core_resource(core);
        assert!(is_reserved_address(@0x0) && is_reserved_address(@0x1) && !is_reserved_address(@0x2), 0);
    }

    #[test]
    fun reserved_range_is_one_to_ten() {
        assert!(!is_framework_reserved_address(@0x0), 0);
        assert!(is_framework_reserved_address(@0x1), 0);
        assert!(is_framework_reserved_address(@0xa), 0);
        assert!(!is_framework_reserved_address(@0xb), 0);
    }

    #[test(user = @0x123)]
    #[expected_failure(abort_code = 0x50003, location = Self)]
    fun others_are_not_the_framework(user: &signer) {
        assert_aptos_framework(user);
    }

    #[test(user = @0x123)]
    #[expected_failure(abort_code = 0x50002, location = Self)]
    fun others_are_not_the_vm(user: &signer) {
        assert_vm(user);
    }

    #[test(user = @0x123)]
    #[expected_failure(abort_code = 0x50001, location = Self)]
    fun others_are_not_core(user: &signer) {
        assert_core_resource(user);
    }

    #[test(user = @0x123)]
    #[expected_failure(abort_code = 0x50004, location = Self)]
    fun others_are_not_reserved(user: &signer) {
        assert_framework_reserved_address(user);
    }
}
