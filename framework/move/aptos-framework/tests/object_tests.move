#[test_only]
/// Behaviour of objects as other modules see it.
module aptos_framework::object_tests {
    use std::signer;
    use std::vector;

    use aptos_framework::account;
    use aptos_framework::event;
    use aptos_framework::guid;
    use aptos_framework::object::{Self, ConstructorRef, Object, ObjectCore};

    const ALICE: address = @0xa11ce;
    const BOB: address = @0xb0b;
    const NOBODY: address = @0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff;

    struct Hero has key {
        strength: u64
    }

    struct Weapon has key {}

    struct Hit has drop, store {
        damage: u64
    }

    fun hero(owner: address): ConstructorRef {
        let ref = object::create_object(owner);
        move_to(&object::generate_signer(&ref), Hero { strength: 7 });
        ref
    }

    fun hero_of(owner: address): Object<Hero> {
        object::object_from_constructor_ref(&hero(owner))
    }

    /// Objects of which each owns the one before; the owner of the last is `top`.
    fun chain(length: u64, top: address): vector<Object<ObjectCore>> {
        let objects = vector[];
        let owner = top;
        for (_i in 0..length) {
            let ref = object::create_object(owner);
            owner = object::address_from_constructor_ref(&ref);
            objects.push_back(object::object_from_constructor_ref<ObjectCore>(&ref));
        };
        vector::reverse(&mut objects);
        objects
    }

    #[test]
    fun a_new_object_has_an_owner() {
        let object = hero_of(ALICE);
        let addr = object::object_address(&object);
        assert!(object::owner(object) == ALICE);
        assert!(object::is_owner(object, ALICE));
        assert!(!object::is_owner(object, BOB));
        assert!(object::is_object(addr));
        assert!(object::object_exists<Hero>(addr));
        assert!(!object::object_exists<Weapon>(addr));
        assert!(!object::object_exists<Hero>(ALICE));
        assert!(object::ungated_transfer_allowed(object));
        assert!(!object::is_untransferable(object));
        assert!(!object::is_burnt(object));
        assert!(Hero[addr].strength == 7);
    }

    #[test]
    fun objects_have_addresses_of_their_own() {
        let one = hero_of(ALICE);
        let two = hero_of(ALICE);
        assert!(object::object_address(&one) != object::object_address(&two));
    }

    #[test(alice = @0xa11ce)]
    fun named_objects_are_found_again(alice: &signer) {
        let ref = object::create_named_object(alice, b"seed");
        let addr = object::address_from_constructor_ref(&ref);
        assert!(addr == object::create_object_address(&ALICE, b"seed"));
        assert!(addr != object::create_object_address(&ALICE, b"other"));
        assert!(addr != object::create_object_address(&BOB, b"seed"));
        assert!(!object::can_generate_delete_ref(&ref));
    }

    #[test]
    fun address_of_a_seed_is_the_known_hash() {
        // sha3_256 of thirty-one zero bytes, 0x01, "a", 0xfe.
        assert!(
            object::create_object_address(&@0x1, b"a")
                == @0x7d70ff492a273cc35e5a56d184c3aa72825274b29b70944b937cc5d8557fd42b
        );
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x80001, location = aptos_framework::object)]
    fun seeds_are_used_once(alice: &signer) {
        object::create_named_object(alice, b"seed");
        object::create_named_object(alice, b"seed");
    }

    #[test]
    fun derived_addresses_follow_their_scheme() {
        let derived = object::create_user_derived_object_address(ALICE, BOB);
        assert!(derived == object::derived_address_for_test(ALICE, BOB));
        assert!(derived != object::create_user_derived_object_address(BOB, ALICE));
        // The second time the VM may remember it.
        assert!(derived == object::create_user_derived_object_address(ALICE, BOB));
    }

    #[test]
    fun derivation_refs_make_objects_for_accounts() {
        let parent = hero(ALICE);
        let derive = object::generate_derive_ref(&parent);
        let ref = object::create_user_derived_object(BOB, &derive);
        assert!(
            object::address_from_constructor_ref(&ref)
                == object::create_user_derived_object_address(
                    BOB, object::address_from_constructor_ref(&parent)
                )
        );
        assert!(
            object::is_owner(object::object_from_constructor_ref<ObjectCore>(&ref), BOB)
        );
        assert!(!object::can_generate_delete_ref(&ref));
    }

    #[test(alice = @0xa11ce)]
    fun guids_of_accounts_make_objects(alice: &signer) {
        account::create_account_for_test(ALICE);
        let next = guid::creation_num(&account::create_guid(alice)) + 1;
        let ref = object::create_object_from_account(alice);
        assert!(
            object::address_from_constructor_ref(&ref)
                == object::create_guid_object_address(ALICE, next)
        );
        assert!(object::can_generate_delete_ref(&ref));
    }

    #[test]
    fun guids_of_objects_make_objects() {
        let parent = hero(ALICE);
        let parent_signer = object::generate_signer(&parent);
        let parent_addr = signer::address_of(&parent_signer);
        let ref = object::create_object_from_object(&parent_signer);
        // The first GUID went to the handle of transfers.
        assert!(
            object::address_from_constructor_ref(&ref)
                == object::create_guid_object_address(parent_addr, 0x4000000000001)
        );
        assert!(
            object::root_owner(object::object_from_constructor_ref<ObjectCore>(&ref)) == ALICE
        );
    }

    #[test]
    fun sticky_objects_are_where_the_framework_wants_them() {
        let ref = object::create_sticky_object_at_address(ALICE, @0x1234);
        assert!(object::address_from_constructor_ref(&ref) == @0x1234);
        assert!(!object::can_generate_delete_ref(&ref));
        assert!(!object::can_generate_delete_ref(&object::create_sticky_object(ALICE)));
    }

    #[test]
    #[expected_failure(abort_code = 0x60002, location = aptos_framework::object)]
    fun an_address_is_no_object() {
        object::address_to_object<Hero>(ALICE);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = aptos_framework::object)]
    fun objects_are_not_converted_to_what_they_lack() {
        object::convert<Hero, Weapon>(hero_of(ALICE));
    }

    #[test]
    fun objects_are_converted_to_what_they_hold() {
        let object = hero_of(ALICE);
        let core = object::convert<Hero, ObjectCore>(object);
        assert!(object::object_address(&core) == object::object_address(&object));
        assert!(object::convert<ObjectCore, Hero>(core) == object);
    }

    #[test]
    fun extend_refs_sign() {
        let ref = hero(ALICE);
        let extend = object::generate_extend_ref(&ref);
        let addr = object::address_from_extend_ref(&extend);
        assert!(addr == object::address_from_constructor_ref(&ref));
        move_to(&object::generate_signer_for_extending(&extend), Weapon {});
        assert!(object::object_exists<Weapon>(addr));
    }

    #[test]
    fun objects_emit_events() {
        let object = object::generate_signer(&hero(ALICE));
        let handle = object::new_event_handle<Hit>(&object);
        event::emit_event(&mut handle, Hit { damage: 3 });
        assert!(event::counter(&handle) == 1);
        event::destroy_handle(handle);
    }

    #[test]
    fun deleting_leaves_other_resources() {
        let ref = hero(ALICE);
        let delete = object::generate_delete_ref(&ref);
        let addr = object::address_from_delete_ref(&delete);
        assert!(object::object_from_delete_ref<Hero>(&delete) == object::address_to_object(addr));
        object::delete(delete);
        assert!(!object::is_object(addr));
        assert!(!object::object_exists<Hero>(addr));
        assert!(exists<Hero>(addr));
    }

    #[test]
    fun untransferable_objects_are_deleted_altogether() {
        let ref = hero(ALICE);
        object::set_untransferable(&ref);
        let object = object::object_from_constructor_ref<Hero>(&ref);
        assert!(object::is_untransferable(object));
        object::delete(object::generate_delete_ref(&ref));
        assert!(!object::is_untransferable(object));
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x50005, location = aptos_framework::object)]
    fun named_objects_stay(alice: &signer) {
        object::generate_delete_ref(&object::create_named_object(alice, b"seed"));
    }

    #[test(alice = @0xa11ce)]
    fun owners_transfer(alice: &signer) {
        let object = hero_of(ALICE);
        object::transfer(alice, object, BOB);
        assert!(object::owner(object) == BOB);
        assert!(event::emitted_events<object::Transfer>().length() == 1);
    }

    #[test(alice = @0xa11ce)]
    fun a_transfer_to_the_owner_is_none(alice: &signer) {
        object::transfer(alice, hero_of(ALICE), ALICE);
        assert!(event::emitted_events<object::Transfer>().is_empty());
    }

    #[test(alice = @0xa11ce)]
    fun owners_of_owners_transfer(alice: &signer) {
        let object = hero_of(ALICE);
        let bag = hero_of(ALICE);
        object::transfer_to_object(alice, object, bag);
        assert!(object::owner(object) == object::object_address(&bag));
        assert!(object::owns(object, ALICE));
        assert!(!object::is_owner(object, ALICE));
        assert!(!object::owns(object, BOB));
        assert!(object::root_owner(object) == ALICE);
        object::transfer_raw(alice, object::object_address(&object), BOB);
        assert!(object::owner(object) == BOB);
    }

    #[test]
    fun objects_own_themselves() {
        let object = hero_of(ALICE);
        assert!(object::owns(object, object::object_address(&object)));
    }

    #[test(bob = @0xb0b)]
    #[expected_failure(abort_code = 0x50004, location = aptos_framework::object)]
    fun others_do_not_transfer(bob: &signer) {
        object::transfer(bob, hero_of(ALICE), BOB);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x60002, location = aptos_framework::object)]
    fun what_is_no_object_is_not_transferred(alice: &signer) {
        object::transfer_raw(alice, @0x1234, BOB);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::object)]
    fun gated_objects_are_not_transferred(alice: &signer) {
        let ref = hero(ALICE);
        object::disable_ungated_transfer(&object::generate_transfer_ref(&ref));
        object::transfer(alice, object::object_from_constructor_ref<Hero>(&ref), BOB);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::object)]
    fun nothing_leaves_a_gated_owner(alice: &signer) {
        let bag = hero(ALICE);
        object::disable_ungated_transfer(&object::generate_transfer_ref(&bag));
        let object = hero_of(object::address_from_constructor_ref(&bag));
        object::transfer(alice, object, BOB);
    }

    #[test(alice = @0xa11ce)]
    fun gates_open_again(alice: &signer) {
        let ref = hero(ALICE);
        let object = object::object_from_constructor_ref<Hero>(&ref);
        let transfer = object::generate_transfer_ref(&ref);
        object::disable_ungated_transfer(&transfer);
        assert!(!object::ungated_transfer_allowed(object));
        object::enable_ungated_transfer(&transfer);
        assert!(object::ungated_transfer_allowed(object));
        object::transfer(alice, object, BOB);
    }

    #[test(alice = @0xa11ce)]
    fun eight_levels_can_be_seen_through(alice: &signer) {
        let objects = chain(8, ALICE);
        assert!(object::owns(objects[0], ALICE));
        object::transfer(alice, objects[0], BOB);
        assert!(object::owner(objects[0]) == BOB);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x20006, location = aptos_framework::object)]
    fun nine_levels_are_too_many_to_transfer(alice: &signer) {
        object::transfer(alice, chain(9, ALICE)[0], BOB);
    }

    #[test]
    #[expected_failure(abort_code = 0x20006, location = aptos_framework::object)]
    fun nine_levels_are_too_many_to_own() {
        object::owns(chain(9, ALICE)[0], ALICE);
    }

    #[test]
    fun the_root_is_found_at_any_depth() {
        assert!(object::root_owner(chain(12, ALICE)[0]) == ALICE);
    }

    #[test]
    fun transfer_refs_transfer_what_is_gated() {
        let ref = hero(ALICE);
        let object = object::object_from_constructor_ref<Hero>(&ref);
        let transfer = object::generate_transfer_ref(&ref);
        object::disable_ungated_transfer(&transfer);
        object::transfer_with_ref(object::generate_linear_transfer_ref(&transfer), BOB);
        assert!(object::owner(object) == BOB);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x50004, location = aptos_framework::object)]
    fun linear_refs_are_for_one_owner(alice: &signer) {
        let ref = hero(ALICE);
        let linear =
            object::generate_linear_transfer_ref(&object::generate_transfer_ref(&ref));
        object::transfer(alice, object::object_from_constructor_ref<Hero>(&ref), BOB);
        object::transfer_with_ref(linear, ALICE);
    }

    #[test]
    #[expected_failure(abort_code = 0x50009, location = aptos_framework::object)]
    fun untransferable_objects_give_no_transfer_ref() {
        let ref = hero(ALICE);
        object::set_untransferable(&ref);
        object::generate_transfer_ref(&ref);
    }

    #[test]
    #[expected_failure(abort_code = 0x50009, location = aptos_framework::object)]
    fun untransferable_objects_give_no_linear_ref() {
        let ref = hero(ALICE);
        let transfer = object::generate_transfer_ref(&ref);
        object::set_untransferable(&ref);
        object::generate_linear_transfer_ref(&transfer);
    }

    #[test]
    #[expected_failure(abort_code = 0x50009, location = aptos_framework::object)]
    fun untransferable_objects_stay_with_linear_refs() {
        let ref = hero(ALICE);
        let linear =
            object::generate_linear_transfer_ref(&object::generate_transfer_ref(&ref));
        object::set_untransferable(&ref);
        object::transfer_with_ref(linear, BOB);
    }

    #[test]
    #[expected_failure(abort_code = 0x50009, location = aptos_framework::object)]
    fun untransferable_objects_stay_gated() {
        let ref = hero(ALICE);
        let transfer = object::generate_transfer_ref(&ref);
        object::set_untransferable(&ref);
        object::enable_ungated_transfer(&transfer);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::object)]
    fun untransferable_objects_are_not_transferred(alice: &signer) {
        let ref = hero(ALICE);
        object::set_untransferable(&ref);
        object::transfer(alice, object::object_from_constructor_ref<Hero>(&ref), BOB);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x5000A, location = aptos_framework::object)]
    fun nothing_burns_any_more(alice: &signer) {
        object::burn(alice, hero_of(ALICE));
    }

    #[test(alice = @0xa11ce)]
    fun burnt_objects_come_back(alice: &signer) {
        let in_place = hero_of(ALICE);
        object::burn_object(alice, in_place);
        assert!(object::is_burnt(in_place));
        object::unburn(alice, in_place);
        assert!(!object::is_burnt(in_place) && object::owner(in_place) == ALICE);

        let away = hero_of(ALICE);
        object::burn_object_with_transfer(alice, away);
        assert!(object::owner(away) == NOBODY);
        object::unburn(alice, away);
        assert!(!object::is_burnt(away) && object::owner(away) == ALICE);
    }

    #[test(alice = @0xa11ce)]
    fun transfer_refs_take_burnt_objects_back(alice: &signer) {
        let ref = hero(ALICE);
        let object = object::object_from_constructor_ref<Hero>(&ref);
        object::burn_object(alice, object);
        let transfer = object::generate_transfer_ref(&ref);
        object::transfer_with_ref(object::generate_linear_transfer_ref(&transfer), BOB);
        assert!(!object::is_burnt(object) && object::owner(object) == BOB);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x10008, location = aptos_framework::object)]
    fun what_was_not_burnt_does_not_come_back(alice: &signer) {
        object::unburn(alice, hero_of(ALICE));
    }

    #[test(alice = @0xa11ce, bob = @0xb0b)]
    #[expected_failure(abort_code = 0x50004, location = aptos_framework::object)]
    fun burnt_objects_come_back_to_their_owners(alice: &signer, bob: &signer) {
        let object = hero_of(ALICE);
        object::burn_object_with_transfer(alice, object);
        object::unburn(bob, object);
    }

    #[test]
    #[expected_failure(abort_code = 0x60002, location = aptos_framework::object)]
    fun deleted_objects_have_no_owner() {
        let ref = hero(ALICE);
        let object = object::object_from_constructor_ref<Hero>(&ref);
        object::delete(object::generate_delete_ref(&ref));
        object::owner(object);
    }
}
