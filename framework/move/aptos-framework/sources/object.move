/// Objects: addresses that hold resources and have an owner.
///
/// Every object is an `ObjectCore` at an address of its own. What its creator may still do with it
/// is held in refs, each made from the `ConstructorRef` of the transaction that created it:
/// sign for it (`ExtendRef`), delete it (`DeleteRef`), move it whoever owns it (`TransferRef`),
/// derive further addresses from it (`DeriveRef`). Objects can own objects.
module aptos_framework::object {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::signer;

    use aptos_std::from_bcs;

    use aptos_framework::account;
    use aptos_framework::create_signer::create_signer;
    use aptos_framework::event;
    use aptos_framework::guid;
    use aptos_framework::transaction_context;

    /// There is already an object at this address
    const EOBJECT_EXISTS: u64 = 1;
    /// There is no object at this address
    const EOBJECT_DOES_NOT_EXIST: u64 = 2;
    /// The object, or one that owns it, does not let its owner transfer it
    const ENO_UNGATED_TRANSFERS: u64 = 3;
    /// The account does not own the object, directly or through other objects
    const ENOT_OBJECT_OWNER: u64 = 4;
    /// The object was created as one that cannot be deleted
    const ECANNOT_DELETE: u64 = 5;
    /// Objects own one another more levels deep than a transfer may look
    const EMAXIMUM_NESTING: u64 = 6;
    /// The object holds no resource of the requested type
    const ERESOURCE_DOES_NOT_EXIST: u64 = 7;
    /// The object was not burnt, so there is nothing to take back
    const EOBJECT_NOT_BURNT: u64 = 8;
    /// The object is untransferable for good
    const EOBJECT_NOT_TRANSFERRABLE: u64 = 9;
    /// Objects can no longer be burnt
    const EBURN_NOT_ALLOWED: u64 = 10;

    /// Where the GUID counter of an object starts: far from the counters of accounts.
    const INIT_GUID_CREATION_NUM: u64 = 0x4000000000000;

    /// How many owners a check of ownership follows.
    const MAXIMUM_OBJECT_NESTING: u8 = 8;

    /// Last byte of the preimage of an address that is unique to a transaction and a counter.
    const DERIVE_AUID_ADDRESS_SCHEME: u8 = 0xFB;

    /// Last byte of the preimage of an address derived from an account and an object.
    const OBJECT_DERIVED_SCHEME: u8 = 0xFC;

    /// Last byte of the preimage of an object address made from a GUID.
    const OBJECT_FROM_GUID_ADDRESS_SCHEME: u8 = 0xFD;

    /// Last byte of the preimage of an object address made from an account and a seed.
    const OBJECT_FROM_SEED_ADDRESS_SCHEME: u8 = 0xFE;

    /// The owner that stands for nobody: no key signs for it.
    const BURN_ADDRESS: address =
        @0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff;

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// What makes an address an object.
    struct ObjectCore has key {
        /// Number of the next GUID that the object makes.
        guid_creation_num: u64,
        /// The account or object that owns it.
        owner: address,
        /// Whether the owner can transfer it; otherwise only a `TransferRef` can.
        allow_ungated_transfer: bool,
        /// Handle of version 1 events. Transfers are module events (`Transfer`).
        transfer_events: event::EventHandle<TransferEvent>
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// Marks a burnt object, and who may take it back.
    struct TombStone has key {
        /// The owner when the object was burnt.
        original_owner: address
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// Marks an object that nobody can ever transfer, not even with a `TransferRef`.
    struct Untransferable has key {}

    #[resource_group(scope = global)]
    /// The resources of an object that are stored together.
    struct ObjectGroup {}

    /// Names an object, and says that it held a `T` when the value was made.
    struct Object<phantom T> has copy, drop, store {
        inner: address
    }

    /// Shows that the object was created in this transaction: every other ref is made from it.
    struct ConstructorRef has drop {
        self: address,
        /// Whether a `DeleteRef` can be made.
        can_delete: bool
    }

    /// The right to take the object's core away.
    struct DeleteRef has drop, store {
        self: address
    }

    /// The right to sign for the object, and so to add resources to it.
    struct ExtendRef has drop, store {
        self: address
    }

    /// The right to make `LinearTransferRef`s and to open or close transfers by the owner.
    struct TransferRef has drop, store {
        self: address
    }

    /// The right to derive objects from this one for any account.
    struct DeriveRef has drop, store {
        self: address
    }

    /// The right to transfer once, away from the owner it was made for.
    struct LinearTransferRef has drop {
        self: address,
        owner: address
    }

    /// Version 1 event of a transfer; kept for the type of `ObjectCore.transfer_events`.
    struct TransferEvent has drop, store {
        object: address,
        from: address,
        to: address
    }

    #[event]
    /// An object changed its owner.
    struct Transfer has drop, store {
        object: address,
        from: address,
        to: address
    }

    #[view]
    /// Whether nobody can ever transfer the object.
    public fun is_untransferable<T: key>(object: Object<T>): bool {
        exists<Untransferable>(object.inner)
    }

    #[view]
    /// Whether the object was burnt and not taken back.
    public fun is_burnt<T: key>(object: Object<T>): bool {
        exists<TombStone>(object.inner)
    }

    /// The object at `object`, which must hold a `T`.
    public fun address_to_object<T: key>(object: address): Object<T> {
        assert!(exists<ObjectCore>(object), error::not_found(EOBJECT_DOES_NOT_EXIST));
        assert!(exists_at<T>(object), error::not_found(ERESOURCE_DOES_NOT_EXIST));
        Object { inner: object }
    }

    #[view]
    /// Whether there is an object at `object`.
    public fun is_object(object: address): bool {
        exists<ObjectCore>(object)
    }

    #[view]
    /// Whether there is an object at `object` that holds a `T`.
    public fun object_exists<T: key>(object: address): bool {
        exists<ObjectCore>(object) && exists_at<T>(object)
    }

    /// The address of the object that `source` creates with `create_named_object` and `seed`.
    public fun create_object_address(source: &address, seed: vector<u8>): address {
        let preimage = bcs::to_bytes(source);
        preimage.append(seed);
        hash_to_address(preimage, OBJECT_FROM_SEED_ADDRESS_SCHEME)
    }

    /// As `create_user_derived_object_address`; the VM remembers addresses it computed before.
    native fun create_user_derived_object_address_impl(
        source: address, derive_from: address
    ): address;

    /// The address derived from the account `source` and the object `derive_from`.
    public fun create_user_derived_object_address(
        source: address, derive_from: address
    ): address {
        create_user_derived_object_address_impl(source, derive_from)
    }

    /// The address of the object that was made from the GUID (`source`, `creation_num`).
    public fun create_guid_object_address(source: address, creation_num: u64): address {
        let id = guid::create_id(source, creation_num);
        hash_to_address(bcs::to_bytes(&id), OBJECT_FROM_GUID_ADDRESS_SCHEME)
    }

    /// Whether `object` holds a `T`, whichever module declares `T`.
    native fun exists_at<T: key>(object: address): bool;

    /// The address of the object.
    public fun object_address<T: key>(object: &Object<T>): address {
        object.inner
    }

    /// The same object seen as a `Y`, which it must hold.
    public fun convert<X: key, Y: key>(object: Object<X>): Object<Y> {
        address_to_object<Y>(object.inner)
    }

    /// Creates an object, owned by `creator`, whose address follows from `creator` and `seed`.
    /// It cannot be deleted, so that its address is never used twice.
    public fun create_named_object(creator: &signer, seed: vector<u8>): ConstructorRef {
        let owner = signer::address_of(creator);
        create_object_internal(owner, create_object_address(&owner, seed), false)
    }

    /// Creates an object, owned by `creator_address`, whose address follows from
    /// `creator_address` and the object of `derive_ref`. It cannot be deleted.
    public(package) fun create_user_derived_object(
        creator_address: address, derive_ref: &DeriveRef
    ): ConstructorRef {
        let object = create_user_derived_object_address(creator_address, derive_ref.self);
        create_object_internal(creator_address, object, false)
    }

    /// Creates an object at an address never used before.
    public fun create_object(owner_address: address): ConstructorRef {
        let object = transaction_context::generate_auid_address();
        create_object_internal(owner_address, object, true)
    }

    /// As `create_object`, but the object cannot be deleted.
    public fun create_sticky_object(owner_address: address): ConstructorRef {
        let object = transaction_context::generate_auid_address();
        create_object_internal(owner_address, object, false)
    }

    /// Creates an object that cannot be deleted at an address chosen by the framework.
    public(package) fun create_sticky_object_at_address(
        owner_address: address, object_address: address
    ): ConstructorRef {
        create_object_internal(owner_address, object_address, false)
    }

    #[deprecated]
    /// Creates an object from the next GUID of `creator`'s account. Use `create_object`.
    public fun create_object_from_account(creator: &signer): ConstructorRef {
        let guid = account::create_guid(creator);
        create_object_from_guid(signer::address_of(creator), guid)
    }

    #[deprecated]
    /// Creates an object from the next GUID of the object `creator`. Use `create_object`.
    public fun create_object_from_object(creator: &signer): ConstructorRef {
        let guid = create_guid(creator);
        create_object_from_guid(signer::address_of(creator), guid)
    }

    fun create_object_from_guid(owner: address, guid: guid::GUID): ConstructorRef {
        let object = hash_to_address(bcs::to_bytes(&guid), OBJECT_FROM_GUID_ADDRESS_SCHEME);
        create_object_internal(owner, object, true)
    }

    /// A scheme byte at the end keeps addresses of different kinds apart.
    fun hash_to_address(preimage: vector<u8>, scheme: u8): address {
        preimage.push_back(scheme);
        from_bcs::to_address(hash::sha3_256(preimage))
    }

    fun create_object_internal(
        owner: address, object: address, can_delete: bool
    ): ConstructorRef {
        assert!(!exists<ObjectCore>(object), error::already_exists(EOBJECT_EXISTS));

        let guid_creation_num = INIT_GUID_CREATION_NUM;
        let transfer_events =
            event::new_event_handle(guid::create(object, &mut guid_creation_num));
        move_to(
            &create_signer(object),
            ObjectCore {
                guid_creation_num,
                owner,
                allow_ungated_transfer: true,
                transfer_events
            }
        );
        ConstructorRef { self: object, can_delete }
    }

    // Refs.

    /// The right to delete the object. Aborts if it was created as one that stays.
    public fun generate_delete_ref(ref: &ConstructorRef): DeleteRef {
        assert!(ref.can_delete, error::permission_denied(ECANNOT_DELETE));
        DeleteRef { self: ref.self }
    }

    /// The right to sign for the object later.
    public fun generate_extend_ref(ref: &ConstructorRef): ExtendRef {
        ExtendRef { self: ref.self }
    }

    /// The right to manage transfers. Aborts if the object is untransferable.
    public fun generate_transfer_ref(ref: &ConstructorRef): TransferRef {
        assert_transferable(ref.self);
        TransferRef { self: ref.self }
    }

    /// The right to derive objects from this one.
    public fun generate_derive_ref(ref: &ConstructorRef): DeriveRef {
        DeriveRef { self: ref.self }
    }

    /// A signer of the object, to fill it with resources.
    public fun generate_signer(ref: &ConstructorRef): signer {
        create_signer(ref.self)
    }

    /// The address of the object under construction.
    public fun address_from_constructor_ref(ref: &ConstructorRef): address {
        ref.self
    }

    /// The object under construction, which must hold a `T` by now.
    public fun object_from_constructor_ref<T: key>(ref: &ConstructorRef): Object<T> {
        address_to_object<T>(ref.self)
    }

    /// Whether `generate_delete_ref` succeeds.
    public fun can_generate_delete_ref(ref: &ConstructorRef): bool {
        ref.can_delete
    }

    // GUIDs and event handles of objects.

    /// A new GUID of the object that `object` signs for.
    public fun create_guid(object: &signer): guid::GUID {
        let addr = signer::address_of(object);
        let core = &mut ObjectCore[addr];
        guid::create(addr, &mut core.guid_creation_num)
    }

    /// A new handle for version 1 events of the object.
    public fun new_event_handle<T: drop + store>(object: &signer): event::EventHandle<T> {
        event::new_event_handle(create_guid(object))
    }

    // Deleting.

    /// The address of the object that the ref can delete.
    public fun address_from_delete_ref(ref: &DeleteRef): address {
        ref.self
    }

    /// The object that the ref can delete, which must hold a `T`.
    public fun object_from_delete_ref<T: key>(ref: &DeleteRef): Object<T> {
        address_to_object<T>(ref.self)
    }

    /// Takes the object's core away. Its other resources are for their modules to remove.
    public fun delete(ref: DeleteRef) {
        let ObjectCore { transfer_events, .. } = move_from<ObjectCore>(ref.self);
        if (exists<Untransferable>(ref.self)) {
            let Untransferable {} = move_from<Untransferable>(ref.self);
        };
        event::destroy_handle(transfer_events);
    }

    // Extending.

    /// A signer of the object.
    public fun generate_signer_for_extending(ref: &ExtendRef): signer {
        create_signer(ref.self)
    }

    /// The address of the object that the ref signs for.
    public fun address_from_extend_ref(ref: &ExtendRef): address {
        ref.self
    }

    // Transfers.

    /// From now on only a `TransferRef` can transfer the object.
    public fun disable_ungated_transfer(ref: &TransferRef) {
        ObjectCore[ref.self].allow_ungated_transfer = false;
    }

    /// From now on nobody can transfer the object, whatever refs were made before.
    public fun set_untransferable(ref: &ConstructorRef) {
        ObjectCore[ref.self].allow_ungated_transfer = false;
        move_to(&create_signer(ref.self), Untransferable {});
    }

    /// From now on the owner can transfer the object. Aborts if it is untransferable.
    public fun enable_ungated_transfer(ref: &TransferRef) {
        assert_transferable(ref.self);
        ObjectCore[ref.self].allow_ungated_transfer = true;
    }

    /// The right to one transfer away from the present owner. Aborts if the object is
    /// untransferable.
    public fun generate_linear_transfer_ref(ref: &TransferRef): LinearTransferRef {
        assert_transferable(ref.self);
        LinearTransferRef { self: ref.self, owner: owner_of(ref.self) }
    }

    /// Transfers the object to `to`, and takes it back first if it was burnt. Aborts if the owner
    /// is no longer the one that the ref was made for, or if the object is untransferable.
    public fun transfer_with_ref(ref: LinearTransferRef, to: address) {
        let LinearTransferRef { self: object, owner } = ref;
        assert_transferable(object);
        if (exists<TombStone>(object)) {
            let TombStone { original_owner: _ } = move_from<TombStone>(object);
        };
        assert!(
            ObjectCore[object].owner == owner,
            error::permission_denied(ENOT_OBJECT_OWNER)
        );
        set_owner(object, to);
    }

    /// Entry form of `transfer_raw`.
    public entry fun transfer_call(owner: &signer, object: address, to: address) {
        transfer_raw(owner, object, to)
    }

    /// Transfers an object that `owner` owns, directly or through other objects. Aborts if the
    /// object, or one on the way up to `owner`, does not let its owner transfer it.
    public entry fun transfer<T: key>(owner: &signer, object: Object<T>, to: address) {
        transfer_raw(owner, object.inner, to)
    }

    /// As `transfer`, by address.
    public fun transfer_raw(owner: &signer, object: address, to: address) {
        verify_ungated_and_descendant(signer::address_of(owner), object);
        if (ObjectCore[object].owner != to) {
            set_owner(object, to);
        }
    }

    /// Transfers an object to another object.
    public entry fun transfer_to_object<O: key, T: key>(
        owner: &signer, object: Object<O>, to: Object<T>
    ) {
        transfer(owner, object, to.inner)
    }

    fun set_owner(object: address, to: address) {
        let core = &mut ObjectCore[object];
        let from = core.owner;
        core.owner = to;
        event::emit(Transfer { object, from, to });
    }

    fun assert_transferable(object: address) {
        assert!(
            !exists<Untransferable>(object),
            error::permission_denied(EOBJECT_NOT_TRANSFERRABLE)
        );
    }

    /// Aborts unless `object` and every object between it and `owner` allow transfers by their
    /// owners, and the chain of owners reaches `owner` within `MAXIMUM_OBJECT_NESTING` steps.
    fun verify_ungated_and_descendant(owner: address, object: address) {
        assert!(exists<ObjectCore>(object), error::not_found(EOBJECT_DOES_NOT_EXIST));
        let current = ungated_owner(object);
        let steps = 1;
        while (current != owner) {
            assert!(
                steps < MAXIMUM_OBJECT_NESTING, error::out_of_range(EMAXIMUM_NESTING)
            );
            // The chain ends at an account that is not `owner`.
            assert!(
                exists<ObjectCore>(current), error::permission_denied(ENOT_OBJECT_OWNER)
            );
            current = ungated_owner(current);
            steps += 1;
        };
    }

    fun ungated_owner(object: address): address {
        let core = &ObjectCore[object];
        assert!(
            core.allow_ungated_transfer, error::permission_denied(ENO_UNGATED_TRANSFERS)
        );
        core.owner
    }

    // Burning, which only older objects can have been through.

    #[deprecated]
    /// Always aborts: objects cannot be burnt any more. Transfer to an address without a key, or
    /// delete the object.
    public entry fun burn<T: key>(_owner: &signer, _object: Object<T>) {
        abort error::permission_denied(EBURN_NOT_ALLOWED)
    }

    /// Gives a burnt object back to the owner who burnt it.
    public entry fun unburn<T: key>(original_owner: &signer, object: Object<T>) {
        let addr = object.inner;
        assert!(exists<TombStone>(addr), error::invalid_argument(EOBJECT_NOT_BURNT));
        let TombStone { original_owner: burner } = move_from<TombStone>(addr);
        assert!(
            burner == signer::address_of(original_owner),
            error::permission_denied(ENOT_OBJECT_OWNER)
        );
        // An object burnt by transfer went to the burn address; one burnt in place stayed.
        if (ObjectCore[addr].owner == BURN_ADDRESS) {
            set_owner(addr, burner);
        }
    }

    // Ownership.

    #[view]
    /// Whether the owner can transfer the object.
    public fun ungated_transfer_allowed<T: key>(object: Object<T>): bool {
        assert!(
            exists<ObjectCore>(object.inner), error::not_found(EOBJECT_DOES_NOT_EXIST)
        );
        ObjectCore[object.inner].allow_ungated_transfer
    }

    #[view]
    /// The account or object that owns the object.
    public fun owner<T: key>(object: Object<T>): address {
        owner_of(object.inner)
    }

    #[view]
    /// Whether `owner` owns the object directly.
    public fun is_owner<T: key>(object: Object<T>, owner: address): bool {
        owner_of(object.inner) == owner
    }

    #[view]
    /// Whether `owner` owns the object, directly or through other objects, or is the object.
    /// Aborts if the answer lies more than `MAXIMUM_OBJECT_NESTING` steps up.
    public fun owns<T: key>(object: Object<T>, owner: address): bool {
        if (object.inner == owner) {
            return true
        };
        let current = owner_of(object.inner);
        let steps = 1;
        while (current != owner) {
            assert!(
                steps < MAXIMUM_OBJECT_NESTING, error::out_of_range(EMAXIMUM_NESTING)
            );
            if (!exists<ObjectCore>(current)) {
                return false
            };
            current = ObjectCore[current].owner;
            steps += 1;
        };
        true
    }

    #[view]
    /// The account at the top of the chain of owners.
    public fun root_owner<T: key>(object: Object<T>): address {
        let current = owner_of(object.inner);
        while (exists<ObjectCore>(current)) {
            current = ObjectCore[current].owner;
        };
        current
    }

    fun owner_of(object: address): address {
        assert!(exists<ObjectCore>(object), error::not_found(EOBJECT_DOES_NOT_EXIST));
        ObjectCore[object].owner
    }

    #[test_only]
    /// Burns an object in place, as `burn` did once.
    public fun burn_object<T: key>(owner: &signer, object: Object<T>) {
        let original_owner = signer::address_of(owner);
        assert!(
            is_owner(object, original_owner), error::permission_denied(ENOT_OBJECT_OWNER)
        );
        move_to(&create_signer(object.inner), TombStone { original_owner });
    }

    #[test_only]
    /// Burns an object by transfer to the burn address, as `burn` did once.
    public fun burn_object_with_transfer<T: key>(
        owner: &signer, object: Object<T>
    ) {
        burn_object(owner, object);
        set_owner(object.inner, BURN_ADDRESS);
    }

    #[test_only]
    /// The address that a derived object must have, by the definition of its scheme.
    public fun derived_address_for_test(source: address, derive_from: address): address {
        let preimage = bcs::to_bytes(&source);
        preimage.append(bcs::to_bytes(&derive_from));
        hash_to_address(preimage, OBJECT_DERIVED_SCHEME)
    }

    #[test_only]
    /// The address that the VM gives for a transaction hash and a counter.
    public fun auid_address_for_test(txn_hash: vector<u8>, counter: u64): address {
        let preimage = txn_hash;
        preimage.append(bcs::to_bytes(&counter));
        hash_to_address(preimage, DERIVE_AUID_ADDRESS_SCHEME)
    }
}
