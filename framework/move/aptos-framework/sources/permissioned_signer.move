/// Signers that may do only some of what their account may. Lumio has none: every signer may do everything, and what
/// would make another one aborts. What asks about signers works.
module aptos_framework::permissioned_signer {
    use std::error;
    use std::signer;

    /// Signers with limited permissions do not exist on Lumio
    const ENOT_ON_LUMIO: u64 = 1;

    /// Would stand for a signer with limited permissions, within one transaction.
    struct PermissionedHandle {
        master_account_addr: address,
        permissions_storage_addr: address
    }

    /// Would stand for a signer with limited permissions, until it expires.
    struct StorablePermissionedHandle has store {
        master_account_addr: address,
        permissions_storage_addr: address,
        expiration_time: u64
    }

    #[view]
    /// Whether permissions can be limited: no.
    public fun is_permissioned_signer_enabled(): bool {
        false
    }

    /// Whether a signer has limited permissions: never.
    public fun is_permissioned_signer(_s: &signer): bool {
        false
    }

    /// Does nothing: every signer may do everything.
    public fun assert_master_signer(_s: &signer) {}

    /// The address of the account that a signer acts for.
    public fun address_of(s: &signer): address {
        signer::address_of(s)
    }

    /// Aborts.
    public fun create_permissioned_handle(_master: &signer): PermissionedHandle {
        abort error::unavailable(ENOT_ON_LUMIO)
    }

    /// Aborts.
    public fun create_storable_permissioned_handle(
        _master: &signer, _expiration_time: u64
    ): StorablePermissionedHandle {
        abort error::unavailable(ENOT_ON_LUMIO)
    }

    /// Gives up a handle.
    public fun destroy_permissioned_handle(p: PermissionedHandle) {
        let PermissionedHandle { .. } = p;
    }

    /// Gives up a handle.
    public fun destroy_storable_permissioned_handle(p: StorablePermissionedHandle) {
        let StorablePermissionedHandle { .. } = p;
    }

    /// Aborts.
    public fun signer_from_permissioned_handle(_p: &PermissionedHandle): signer {
        abort error::unavailable(ENOT_ON_LUMIO)
    }

    /// Aborts.
    public fun signer_from_storable_permissioned_handle(_p: &StorablePermissionedHandle): signer {
        abort error::unavailable(ENOT_ON_LUMIO)
    }

    /// Where the permissions of a handle are.
    public fun permissions_storage_address(p: &StorablePermissionedHandle): address {
        p.permissions_storage_addr
    }

    /// Does nothing: an account has no handles.
    public entry fun revoke_permission_storage_address(_s: &signer, _permissions_storage_addr: address) {}

    /// Does nothing: an account has no handles.
    public entry fun revoke_all_handles(_s: &signer) {}

    #[test(account = @0xcafe)]
    fun every_signer_may_do_everything(account: &signer) {
        assert!(!is_permissioned_signer_enabled());
        assert!(!is_permissioned_signer(account));
        assert_master_signer(account);
        assert!(address_of(account) == @0xcafe);
        revoke_all_handles(account);
        revoke_permission_storage_address(account, @0x1);
    }

    #[test(account = @0xcafe)]
    #[expected_failure(abort_code = 0xd0001, location = Self)]
    fun permissions_cannot_be_limited(account: &signer) {
        destroy_permissioned_handle(create_permissioned_handle(account));
    }

    #[test(account = @0xcafe)]
    #[expected_failure(abort_code = 0xd0001, location = Self)]
    fun permissions_cannot_be_limited_for_a_time(account: &signer) {
        destroy_storable_permissioned_handle(create_storable_permissioned_handle(account, 60));
    }
}
