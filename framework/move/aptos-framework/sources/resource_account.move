/// Accounts that code controls: no key signs for them, only a `SignerCapability`.
///
/// The account that makes one (the source) either keeps the capability here until the code at the
/// resource account takes it, usually in `init_module`, or publishes a package there at once.
module aptos_framework::resource_account {
    use std::error;
    use std::signer;

    use aptos_std::simple_map::{Self, SimpleMap};

    use aptos_framework::account::{Self, SignerCapability};
    use aptos_framework::code;
    use aptos_framework::coin;
    use aptos_framework::native_coin::NativeCoin;

    /// The source account keeps no capabilities
    const ECONTAINER_NOT_PUBLISHED: u64 = 1;
    /// The source account keeps no capability of this resource account
    const EUNAUTHORIZED_NOT_OWNER: u64 = 2;

    /// No key has this authentication key.
    const ZERO_AUTH_KEY: vector<u8> =
        x"0000000000000000000000000000000000000000000000000000000000000000";

    /// Capabilities of resource accounts that nobody has taken yet, at the source account.
    struct Container has key {
        store: SimpleMap<address, SignerCapability>
    }

    /// Creates the resource account of `origin` and `seed`. It has the authentication key
    /// `optional_auth_key`, or that of `origin` if this is empty, until its capability is taken.
    public entry fun create_resource_account(
        origin: &signer, seed: vector<u8>, optional_auth_key: vector<u8>
    ) {
        let (resource, resource_signer_cap) =
            account::create_resource_account(origin, seed);
        keep(origin, &resource, resource_signer_cap, optional_auth_key);
    }

    /// As `create_resource_account`, and sends `fund_amount` octas of `origin` to the new account.
    public entry fun create_resource_account_and_fund(
        origin: &signer,
        seed: vector<u8>,
        optional_auth_key: vector<u8>,
        fund_amount: u64
    ) {
        let (resource, resource_signer_cap) =
            account::create_resource_account(origin, seed);
        coin::transfer<NativeCoin>(origin, signer::address_of(&resource), fund_amount);
        keep(origin, &resource, resource_signer_cap, optional_auth_key);
    }

    /// Creates the resource account of `origin` and `seed`, and publishes a package there. No key
    /// controls the account: `metadata_serialized` and `code` are all that it ever does.
    public entry fun create_resource_account_and_publish_package(
        origin: &signer,
        seed: vector<u8>,
        metadata_serialized: vector<u8>,
        code: vector<vector<u8>>
    ) {
        let (resource, resource_signer_cap) =
            account::create_resource_account(origin, seed);
        code::publish_package_txn(&resource, metadata_serialized, code);
        keep(origin, &resource, resource_signer_cap, ZERO_AUTH_KEY);
    }

    /// Takes the capability of `resource` that `source_addr` keeps; from then on no key signs for
    /// the account. Aborts if there is none.
    public fun retrieve_resource_account_cap(
        resource: &signer, source_addr: address
    ): SignerCapability {
        assert!(
            exists<Container>(source_addr), error::not_found(ECONTAINER_NOT_PUBLISHED)
        );
        let resource_addr = signer::address_of(resource);
        let store = &mut Container[source_addr].store;
        assert!(
            store.contains_key(&resource_addr),
            error::invalid_argument(EUNAUTHORIZED_NOT_OWNER)
        );
        let (_, resource_signer_cap) = store.remove(&resource_addr);

        if (store.length() == 0) {
            let Container { store } = move_from<Container>(source_addr);
            store.destroy_empty();
        };
        account::rotate_authentication_key_internal(resource, ZERO_AUTH_KEY);
        resource_signer_cap
    }

    fun keep(
        origin: &signer,
        resource: &signer,
        resource_signer_cap: SignerCapability,
        optional_auth_key: vector<u8>
    ) {
        let origin_addr = signer::address_of(origin);
        if (!exists<Container>(origin_addr)) {
            move_to(origin, Container { store: simple_map::new() });
        };
        Container[origin_addr].store.add(
            signer::address_of(resource), resource_signer_cap
        );

        let auth_key =
            if (optional_auth_key.is_empty()) {
                account::get_authentication_key(origin_addr)
            } else {
                optional_auth_key
            };
        account::rotate_authentication_key_internal(resource, auth_key);
    }

    #[test_only]
    use std::bcs;

    #[test_only]
    const KEY: vector<u8> =
        x"1111111111111111111111111111111111111111111111111111111111111111";

    #[test_only]
    fun resource_of(origin: &signer, seed: vector<u8>): signer {
        aptos_framework::create_signer::create_signer(
            account::create_resource_address(&signer::address_of(origin), seed)
        )
    }

    #[test(alice = @0xa11ce)]
    fun the_key_of_the_source_is_the_default(alice: &signer) {
        account::create_account_for_test(@0xa11ce);
        create_resource_account(alice, b"seed", vector[]);
        let resource = resource_of(alice, b"seed");
        assert!(
            account::get_authentication_key(signer::address_of(&resource))
                == account::get_authentication_key(@0xa11ce)
        );
    }

    #[test(alice = @0xa11ce)]
    fun taking_the_capability_ends_the_key(alice: &signer) {
        account::create_account_for_test(@0xa11ce);
        create_resource_account(alice, b"one", KEY);
        create_resource_account(alice, b"two", KEY);
        let one = resource_of(alice, b"one");
        let one_addr = signer::address_of(&one);
        assert!(account::get_authentication_key(one_addr) == KEY);

        let cap = retrieve_resource_account_cap(&one, @0xa11ce);
        assert!(account::get_signer_capability_address(&cap) == one_addr);
        assert!(account::get_authentication_key(one_addr) == ZERO_AUTH_KEY);
        assert!(exists<Container>(@0xa11ce));

        retrieve_resource_account_cap(&resource_of(alice, b"two"), @0xa11ce);
        assert!(!exists<Container>(@0xa11ce));
    }

    #[test(alice = @0xa11ce)]
    fun funds_arrive(alice: &signer) {
        account::create_account_for_test(@0xa11ce);
        aptos_framework::native_coin::set_balance(@0xa11ce, 100);
        create_resource_account_and_fund(alice, b"seed", KEY, 30);
        let resource = signer::address_of(&resource_of(alice, b"seed"));
        assert!(coin::balance<NativeCoin>(resource) == 30);
        assert!(coin::balance<NativeCoin>(@0xa11ce) == 70);
    }

    #[test(alice = @0xa11ce)]
    fun packages_are_published_at_the_account(alice: &signer) {
        account::create_account_for_test(@0xa11ce);
        let metadata =
            code::metadata_for_test(b"p", code::upgrade_policy_compat(), vector[]);
        create_resource_account_and_publish_package(
            alice, b"seed", bcs::to_bytes(&metadata), vector[]
        );
        let resource = signer::address_of(&resource_of(alice, b"seed"));
        let (number, _) = code::package_for_test(resource, b"p");
        assert!(number == 0);
        assert!(account::get_authentication_key(resource) == ZERO_AUTH_KEY);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x60001, location = Self)]
    fun sources_without_capabilities_have_none(alice: &signer) {
        retrieve_resource_account_cap(alice, @0xb0b);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun capabilities_are_taken_once(alice: &signer) {
        account::create_account_for_test(@0xa11ce);
        create_resource_account(alice, b"one", KEY);
        create_resource_account(alice, b"two", KEY);
        let one = resource_of(alice, b"one");
        retrieve_resource_account_cap(&one, @0xa11ce);
        retrieve_resource_account_cap(&one, @0xa11ce);
    }
}
