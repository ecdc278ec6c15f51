#[test_only]
/// Accounts that need no ceremony, and those that have no key.
module aptos_framework::account_tests {
    use std::bcs;
    use std::signer;
    use aptos_framework::account;
    use aptos_framework::event;

    struct Note has drop, store {}

    #[test]
    fun every_address_is_an_account() {
        assert!(account::exists_at(@0x42), 0);
        assert!(account::get_sequence_number(@0x42) == 0, 0);
        assert!(account::get_authentication_key(@0x42) == bcs::to_bytes(&@0x42), 0);
        assert!(account::get_guid_next_creation_num(@0x42) == 0, 0);
        assert!(!account::is_signer_capability_offered(@0x42) && !account::is_rotation_capability_offered(@0x42), 0);
    }

    #[test]
    fun a_resource_appears_when_needed() {
        account::increment_sequence_number(@0x42);
        assert!(account::get_sequence_number(@0x42) == 1, 0);
        assert!(account::get_authentication_key(@0x42) == bcs::to_bytes(&@0x42), 0);
        account::create_account_if_does_not_exist(@0x42);
        assert!(account::get_sequence_number(@0x42) == 1, 0);
        account::create_account_if_does_not_exist(@0x43);
        assert!(account::get_guid_next_creation_num(@0x43) == 2, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x80001, location = aptos_framework::account)]
    fun an_account_is_created_once() {
        account::create_account(@0x42);
        account::create_account(@0x42);
    }

    #[test]
    #[expected_failure(abort_code = 0x10005, location = aptos_framework::account)]
    fun the_framework_cannot_be_created() {
        account::create_account_if_does_not_exist(@aptos_framework);
    }

    #[test(user = @0x42)]
    fun ids_start_after_the_account_s_own(user: &signer) {
        let guid = account::create_guid(user);
        assert!(guid.creator_address() == @0x42 && guid.creation_num() == 2, 0);
        assert!(account::get_guid_next_creation_num(@0x42) == 3, 0);
        let handle = account::new_event_handle<Note>(user);
        assert!(handle.guid().creation_num() == 3, 0);
        event::destroy_handle(handle);
    }

    #[test(user = @0x1111)]
    fun a_resource_account_has_no_key(user: &signer) {
        let (resource, cap) = account::create_resource_account(user, x"01");
        let addr = signer::address_of(&resource);
        assert!(addr == account::create_resource_address(&@0x1111, x"01"), 0);
        assert!(addr != account::create_resource_address(&@0x1111, x"02"), 0);
        assert!(account::get_authentication_key(addr) == bcs::to_bytes(&@0x0), 0);
        assert!(account::get_signer_capability_address(&cap) == addr, 0);
        assert!(signer::address_of(&account::create_signer_with_capability(&cap)) == addr, 0);
        assert!(account::get_signer_capability_offer_for(addr) == addr, 0);
    }

    #[test(user = @0x1111)]
    fun an_unused_account_can_become_one(user: &signer) {
        account::create_account(account::create_resource_address(&@0x1111, x"01"));
        account::create_resource_account(user, x"01");
    }

    #[test(user = @0x1111)]
    #[expected_failure(abort_code = 0x8000f, location = aptos_framework::account)]
    fun a_resource_account_is_made_once(user: &signer) {
        account::create_resource_account(user, x"01");
        account::create_resource_account(user, x"01");
    }

    #[test(user = @0x1111)]
    #[expected_failure(abort_code = 0x30010, location = aptos_framework::account)]
    fun a_used_account_cannot_become_one(user: &signer) {
        account::increment_sequence_number(account::create_resource_address(&@0x1111, x"01"));
        account::create_resource_account(user, x"01");
    }

    #[test]
    fun framework_accounts_have_capabilities() {
        let (framework, cap) = account::create_framework_reserved_account(@0x5);
        assert!(signer::address_of(&framework) == account::get_signer_capability_address(&cap), 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x5000b, location = aptos_framework::account)]
    fun others_are_not_framework_accounts() {
        account::create_framework_reserved_account(@0xb);
    }
}
