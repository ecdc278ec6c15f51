/// Code at objects instead of accounts: the owner of the object upgrades it, can hand it over by
/// transferring the object, and can freeze it for good.
module aptos_framework::object_code_deployment {
    use std::bcs;
    use std::error;
    use std::signer;

    use aptos_framework::account;
    use aptos_framework::code::{Self, PackageRegistry};
    use aptos_framework::event;
    use aptos_framework::object::{Self, ExtendRef, Object};

    /// The account does not own the code object
    const ENOT_CODE_OBJECT_OWNER: u64 = 2;
    /// The object was not made by this module
    const ECODE_OBJECT_DOES_NOT_EXIST: u64 = 3;

    /// Keeps the seeds of code objects apart from all others of an account.
    const OBJECT_CODE_DEPLOYMENT_DOMAIN_SEPARATOR: vector<u8> =
        b"aptos_framework::object_code_deployment";

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// What an upgrade needs to sign for the object.
    struct ManagingRefs has key {
        extend_ref: ExtendRef
    }

    #[event]
    /// A package was published at a new object.
    struct Publish has drop, store {
        object_address: address
    }

    #[event]
    /// The package of an object was upgraded.
    struct Upgrade has drop, store {
        object_address: address
    }

    #[event]
    /// The packages of an object became immutable.
    struct Freeze has drop, store {
        object_address: address
    }

    /// Publishes a package at a new object that `publisher` owns. The address of the object follows
    /// from the publisher's address and next sequence number, so that the modules can be compiled
    /// for it beforehand. `metadata_serialized` and `code` are as for `code::publish_package_txn`.
    public entry fun publish(
        publisher: &signer, metadata_serialized: vector<u8>, code: vector<vector<u8>>
    ) {
        let seed = object_seed(signer::address_of(publisher));
        let constructor_ref = &object::create_named_object(publisher, seed);
        let code_signer = &object::generate_signer(constructor_ref);
        code::publish_package_txn(code_signer, metadata_serialized, code);

        event::emit(Publish { object_address: signer::address_of(code_signer) });
        move_to(
            code_signer,
            ManagingRefs { extend_ref: object::generate_extend_ref(constructor_ref) }
        );
    }

    /// Upgrades the package at `code_object`, or adds another one there. Aborts unless `publisher`
    /// owns the object directly.
    public entry fun upgrade(
        publisher: &signer,
        metadata_serialized: vector<u8>,
        code: vector<vector<u8>>,
        code_object: Object<PackageRegistry>
    ) {
        assert!(
            object::is_owner(code_object, signer::address_of(publisher)),
            error::permission_denied(ENOT_CODE_OBJECT_OWNER)
        );
        let object_address = object::object_address(&code_object);
        assert!(
            exists<ManagingRefs>(object_address),
            error::not_found(ECODE_OBJECT_DOES_NOT_EXIST)
        );

        let extend_ref = &ManagingRefs[object_address].extend_ref;
        let code_signer = &object::generate_signer_for_extending(extend_ref);
        code::publish_package_txn(code_signer, metadata_serialized, code);
        event::emit(Upgrade { object_address });
    }

    /// Makes the packages at `code_object` immutable. Aborts unless `publisher` owns the object
    /// directly.
    public entry fun freeze_code_object(
        publisher: &signer, code_object: Object<PackageRegistry>
    ) {
        code::freeze_code_object(publisher, code_object);
        event::emit(Freeze { object_address: object::object_address(&code_object) });
    }

    /// The sequence number is that of the transaction after the present one, as clients expect.
    fun object_seed(publisher: address): vector<u8> {
        let sequence_number = account::get_sequence_number(publisher) + 1;
        let seed = bcs::to_bytes(&OBJECT_CODE_DEPLOYMENT_DOMAIN_SEPARATOR);
        seed.append(bcs::to_bytes(&sequence_number));
        seed
    }

    #[test_only]
    fun metadata(policy: code::UpgradePolicy): vector<u8> {
        bcs::to_bytes(&code::metadata_for_test(b"p", policy, vector[]))
    }

    #[test_only]
    /// Publishes a compatible package without modules; returns its object.
    fun published(publisher: &signer): Object<PackageRegistry> {
        let addr = signer::address_of(publisher);
        account::create_account_for_test(addr);
        let seed = object_seed(addr);
        publish(publisher, metadata(code::upgrade_policy_compat()), vector[]);
        object::address_to_object(object::create_object_address(&addr, seed))
    }

    #[test(alice = @0xa11ce)]
    fun publishers_own_their_code_objects(alice: &signer) {
        let object = published(alice);
        let object_address = object::object_address(&object);
        assert!(object::is_owner(object, @0xa11ce));
        let (number, _) = code::package_for_test(object_address, b"p");
        assert!(number == 0);
        assert!(event::was_event_emitted(&Publish { object_address }));
    }

    #[test(alice = @0xa11ce)]
    fun seeds_are_what_clients_compute(alice: &signer) {
        account::create_account_for_test(signer::address_of(alice));
        // The separator with its length, then sequence number 1 in eight bytes.
        let expected = vector[39];
        expected.append(b"aptos_framework::object_code_deployment");
        expected.append(x"0100000000000000");
        assert!(object_seed(@0xa11ce) == expected);
    }

    #[test(alice = @0xa11ce, bob = @0xb0b)]
    #[expected_failure(abort_code = 0x50002, location = Self)]
    fun previous_owners_do_not_upgrade(alice: &signer, bob: &signer) {
        let object = published(alice);
        object::transfer(alice, object, signer::address_of(bob));
        upgrade(alice, metadata(code::upgrade_policy_compat()), vector[], object);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x60003, location = Self)]
    fun objects_of_others_are_not_upgraded(alice: &signer) {
        let object = published(alice);
        let ManagingRefs { extend_ref: _ } =
            move_from<ManagingRefs>(object::object_address(&object));
        upgrade(alice, metadata(code::upgrade_policy_compat()), vector[], object);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x10002, location = aptos_framework::code)]
    fun frozen_code_is_not_upgraded(alice: &signer) {
        let object = published(alice);
        freeze_code_object(alice, object);
        assert!(
            event::was_event_emitted(
                &Freeze { object_address: object::object_address(&object) }
            )
        );
        upgrade(alice, metadata(code::upgrade_policy_immutable()), vector[], object);
    }

    #[test(alice = @0xa11ce, bob = @0xb0b)]
    #[expected_failure(abort_code = 0x50009, location = aptos_framework::code)]
    fun others_do_not_freeze(alice: &signer, bob: &signer) {
        freeze_code_object(bob, published(alice));
    }
}
