#[test_only]
/// The life of multisig accounts: creation, proposals, votes, execution, changes of owners.
module aptos_framework::multisig_account_tests {
    use std::hash;
    use std::string::{Self, String};

    use aptos_std::ed25519;

    use aptos_framework::account;
    use aptos_framework::chain_id;
    use aptos_framework::create_signer::create_signer;
    use aptos_framework::multisig_account as multisig;
    use aptos_framework::timestamp;

    const ALICE: address = @0xa11ce;
    const BOB: address = @0xb0b;
    const CAROL: address = @0xca401;
    const DAVE: address = @0xda7e;
    const PAYLOAD: vector<u8> = x"0102";
    const NO_KEY: vector<u8> =
        x"0000000000000000000000000000000000000000000000000000000000000000";

    fun sign_as(addr: address): signer {
        create_signer(addr)
    }

    fun begin() {
        timestamp::set_time_has_started_for_testing(&sign_as(@aptos_framework));
        chain_id::initialize_for_test(&sign_as(@aptos_framework), 4);
        account::create_account_for_test(ALICE);
        account::create_account_for_test(BOB);
    }

    /// An account of Alice, Bob and Carol that needs `signatures` of them.
    fun account_of_three(signatures: u64): address {
        begin();
        let account = multisig::get_next_multisig_account_address(ALICE);
        multisig::create_with_owners(
            &sign_as(ALICE), vector[BOB, CAROL], signatures, vector[], vector[]
        );
        account
    }

    fun propose(account: address) {
        multisig::create_transaction(&sign_as(ALICE), account, PAYLOAD);
    }

    /// Checks the vote of an owner on the first proposal.
    fun assert_vote(account: address, owner: address, voted: bool, approved: bool) {
        let (has_voted, has_approved) = multisig::vote(account, 1, owner);
        assert!(has_voted == voted && has_approved == approved);
    }

    fun keys(keys: vector<vector<u8>>): vector<String> {
        keys.map(|key| string::utf8(key))
    }

    #[test]
    fun creators_are_owners() {
        let account = account_of_three(2);
        assert!(multisig::owners(account) == vector[BOB, CAROL, ALICE]);
        assert!(multisig::is_owner(ALICE, account));
        assert!(!multisig::is_owner(DAVE, account));
        assert!(multisig::num_signatures_required(account) == 2);
        assert!(multisig::last_resolved_sequence_number(account) == 0);
        assert!(multisig::next_sequence_number(account) == 1);
        assert!(multisig::available_transaction_queue_capacity(account) == 20);
        assert!(account::get_authentication_key(account) == NO_KEY);
    }

    #[test]
    fun the_address_follows_from_the_creator() {
        begin();
        let seed = b"aptos_framework::multisig_account";
        seed.append(x"0000000000000000");
        let account = multisig::get_next_multisig_account_address(ALICE);
        assert!(account == account::create_resource_address(&ALICE, seed));
        multisig::create(&sign_as(ALICE), 1, keys(vector[b"name"]), vector[b"vault"]);
        assert!(multisig::owners(account) == vector[ALICE]);
        assert!(*multisig::metadata(account).borrow(&string::utf8(b"name")) == b"vault");
        assert!(multisig::reports_for_test() == vector[0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fun bootstrappers_go() {
        begin();
        let account = multisig::get_next_multisig_account_address(ALICE);
        multisig::create_with_owners_then_remove_bootstrapper(
            &sign_as(ALICE), vector[BOB, CAROL], 2, vector[], vector[]
        );
        assert!(multisig::owners(account) == vector[BOB, CAROL]);
    }

    #[test]
    #[expected_failure(abort_code = 0x30005, location = aptos_framework::multisig_account)]
    fun bootstrappers_do_not_count() {
        begin();
        multisig::create_with_owners_then_remove_bootstrapper(
            &sign_as(ALICE), vector[BOB], 2, vector[], vector[]
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x1000B, location = aptos_framework::multisig_account)]
    fun signatures_are_needed() {
        begin();
        multisig::create(&sign_as(ALICE), 0, vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000B, location = aptos_framework::multisig_account)]
    fun signatures_need_owners() {
        begin();
        multisig::create_with_owners(&sign_as(ALICE), vector[BOB], 3, vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_framework::multisig_account)]
    fun owners_are_there_once() {
        begin();
        multisig::create_with_owners(&sign_as(ALICE), vector[BOB, ALICE], 1, vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000D, location = aptos_framework::multisig_account)]
    fun accounts_do_not_own_themselves() {
        begin();
        let account = multisig::get_next_multisig_account_address(ALICE);
        multisig::create_with_owners(&sign_as(ALICE), vector[account], 1, vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000F, location = aptos_framework::multisig_account)]
    fun metadata_keys_have_values() {
        begin();
        multisig::create(&sign_as(ALICE), 1, keys(vector[b"name"]), vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10010, location = aptos_framework::multisig_account)]
    fun metadata_keys_differ() {
        begin();
        multisig::create(&sign_as(ALICE), 1, keys(vector[b"name", b"name"]), vector[b"a", b"b"]);
    }

    /// An account with a key of its own: its address, the key, and the public key.
    fun account_with_key(): (address, ed25519::SecretKey, vector<u8>) {
        begin();
        let (secret, public_key) = ed25519::generate_keys();
        let public_key = ed25519::public_key_into_unvalidated(public_key);
        let key = ed25519::unvalidated_public_key_to_authentication_key(&public_key);
        account::create_account_for_test(DAVE);
        account::rotate_authentication_key_internal(&sign_as(DAVE), key);
        (DAVE, secret, ed25519::unvalidated_public_key_to_bytes(&public_key))
    }

    #[test]
    fun existing_accounts_consent_by_key() {
        let (addr, secret, public_key) = account_with_key();
        let owners = vector[ALICE, BOB];
        let signature = multisig::sign_creation_for_test(&secret, addr, owners, 2, false);
        multisig::create_with_existing_account(
            addr, owners, 2, 0, public_key, signature, vector[], vector[]
        );
        assert!(multisig::owners(addr) == owners);
        assert!(account::get_authentication_key(addr) != NO_KEY);
    }

    #[test]
    fun existing_accounts_give_their_key_up() {
        let (addr, secret, public_key) = account_with_key();
        let owners = vector[ALICE, BOB];
        let signature = multisig::sign_creation_for_test(&secret, addr, owners, 1, true);
        multisig::create_with_existing_account_and_revoke_auth_key(
            addr, owners, 1, 0, public_key, signature, vector[], vector[]
        );
        assert!(multisig::num_signatures_required(addr) == 1);
        assert!(account::get_authentication_key(addr) == NO_KEY);
    }

    #[test]
    #[expected_failure(abort_code = 0x10008, location = aptos_framework::account)]
    fun consent_names_the_owners() {
        let (addr, secret, public_key) = account_with_key();
        let signature =
            multisig::sign_creation_for_test(&secret, addr, vector[ALICE], 1, false);
        multisig::create_with_existing_account(
            addr, vector[BOB], 1, 0, public_key, signature, vector[], vector[]
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10008, location = aptos_framework::account)]
    fun consent_to_owners_does_not_give_the_key_up() {
        let (addr, secret, public_key) = account_with_key();
        let owners = vector[ALICE];
        let signature = multisig::sign_creation_for_test(&secret, addr, owners, 1, false);
        multisig::create_with_existing_account_and_revoke_auth_key(
            addr, owners, 1, 0, public_key, signature, vector[], vector[]
        );
    }

    #[test]
    fun executing_is_approving() {
        let account = account_of_three(2);
        propose(account);
        assert_vote(account, ALICE, true, true);
        assert_vote(account, BOB, false, false);
        assert!(!multisig::can_be_executed(account, 1));
        assert!(!multisig::can_execute(ALICE, account, 1));
        assert!(!multisig::can_execute(DAVE, account, 1));
        assert!(multisig::can_execute(BOB, account, 1));
        assert!(multisig::get_pending_transactions(account).length() == 1);

        multisig::execute_for_test(&sign_as(BOB), account, vector[]);
        assert!(multisig::succeeded_for_test(account, BOB, 1, PAYLOAD, 2));
        assert!(multisig::vote_reported_for_test(account, BOB, 1, true));
        assert!(multisig::last_resolved_sequence_number(account) == 1);
        assert!(multisig::next_sequence_number(account) == 2);
        assert!(multisig::get_pending_transactions(account).is_empty());
    }

    #[test]
    fun approvals_are_counted_once() {
        let account = account_of_three(2);
        propose(account);
        multisig::approve_transaction(&sign_as(BOB), account, 1);
        multisig::approve_transaction(&sign_as(BOB), account, 1);
        assert!(multisig::can_be_executed(account, 1));
        multisig::execute_for_test(&sign_as(ALICE), account, PAYLOAD);
        assert!(multisig::succeeded_for_test(account, ALICE, 1, PAYLOAD, 2));
        assert!(!multisig::vote_reported_for_test(account, ALICE, 1, true));
    }

    #[test]
    fun owners_change_their_minds() {
        let account = account_of_three(2);
        propose(account);
        multisig::vote_transaction(&sign_as(BOB), account, 1, true);
        multisig::vote_transanction(&sign_as(BOB), account, 1, false);
        assert_vote(account, BOB, true, false);
        assert!(!multisig::can_be_executed(account, 1));
        assert!(!multisig::can_be_rejected(account, 1));
        assert!(multisig::can_reject(ALICE, account, 1));
        assert!(multisig::can_reject(CAROL, account, 1));
        assert!(!multisig::can_reject(BOB, account, 1));
        assert!(!multisig::can_reject(DAVE, account, 1));
    }

    #[test]
    fun failures_are_resolved() {
        let account = account_of_three(1);
        propose(account);
        multisig::execute_failing_for_test(&sign_as(ALICE), account, vector[], 42);
        assert!(multisig::reports_for_test() == vector[0, 0, 0, 0, 1, 0]);
        assert!(multisig::last_resolved_sequence_number(account) == 1);
    }

    #[test]
    fun hashes_stand_for_payloads() {
        let account = account_of_three(1);
        multisig::create_transaction_with_hash(
            &sign_as(BOB), account, hash::sha3_256(PAYLOAD)
        );
        assert!(multisig::get_next_transaction_payload(account, PAYLOAD) == PAYLOAD);
        multisig::execute_for_test(&sign_as(BOB), account, PAYLOAD);
        assert!(multisig::succeeded_for_test(account, BOB, 1, PAYLOAD, 1));
    }

    #[test]
    #[expected_failure(abort_code = 0x107D8, location = aptos_framework::multisig_account)]
    fun payloads_have_the_proposed_hash() {
        let account = account_of_three(1);
        multisig::create_transaction_with_hash(
            &sign_as(BOB), account, hash::sha3_256(PAYLOAD)
        );
        multisig::execute_for_test(&sign_as(BOB), account, vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x107DA, location = aptos_framework::multisig_account)]
    fun payloads_are_the_proposed_ones() {
        let account = account_of_three(1);
        propose(account);
        multisig::execute_for_test(&sign_as(ALICE), account, x"03");
    }

    #[test]
    #[expected_failure(abort_code = 0x107D9, location = aptos_framework::multisig_account)]
    fun too_few_approvals_execute_nothing() {
        let account = account_of_three(3);
        propose(account);
        multisig::execute_for_test(&sign_as(BOB), account, vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x507D3, location = aptos_framework::multisig_account)]
    fun others_execute_nothing() {
        let account = account_of_three(1);
        propose(account);
        multisig::execute_for_test(&sign_as(DAVE), account, vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x607D6, location = aptos_framework::multisig_account)]
    fun what_was_not_proposed_is_not_executed() {
        multisig::execute_for_test(&sign_as(ALICE), account_of_three(1), vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x307D2, location = aptos_framework::multisig_account)]
    fun other_accounts_execute_nothing() {
        multisig::execute_for_test(&sign_as(ALICE), BOB, vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x307D2, location = aptos_framework::multisig_account)]
    fun other_accounts_have_no_proposals() {
        propose(BOB);
    }

    #[test]
    #[expected_failure(abort_code = 0x507D3, location = aptos_framework::multisig_account)]
    fun others_propose_nothing() {
        multisig::create_transaction(&sign_as(DAVE), account_of_three(1), PAYLOAD);
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = aptos_framework::multisig_account)]
    fun proposals_have_payloads() {
        multisig::create_transaction(&sign_as(ALICE), account_of_three(1), vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000C, location = aptos_framework::multisig_account)]
    fun hashes_have_32_bytes() {
        multisig::create_transaction_with_hash(&sign_as(ALICE), account_of_three(1), PAYLOAD);
    }

    #[test]
    #[expected_failure(abort_code = 0x507D3, location = aptos_framework::multisig_account)]
    fun others_do_not_vote() {
        let account = account_of_three(1);
        propose(account);
        multisig::approve_transaction(&sign_as(DAVE), account, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x607D6, location = aptos_framework::multisig_account)]
    fun nobody_votes_on_nothing() {
        multisig::approve_transaction(&sign_as(ALICE), account_of_three(1), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10011, location = aptos_framework::multisig_account)]
    fun numbers_start_at_one() {
        multisig::get_transaction(account_of_three(1), 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x10011, location = aptos_framework::multisig_account)]
    fun later_numbers_have_no_votes() {
        multisig::vote(account_of_three(1), 1, ALICE);
    }

    #[test]
    #[expected_failure(abort_code = 0x30013, location = aptos_framework::multisig_account)]
    fun twenty_proposals_are_pending_at_most() {
        let account = account_of_three(1);
        for (_i in 0..20) {
            propose(account);
        };
        assert!(multisig::available_transaction_queue_capacity(account) == 0);
        propose(account);
    }

    #[test]
    fun proposals_go_in_order() {
        let account = account_of_three(2);
        propose(account);
        propose(account);
        multisig::vote_transactions(&sign_as(BOB), account, 1, 2, true);
        assert!(multisig::can_be_executed(account, 1));
        assert!(!multisig::can_be_executed(account, 2));
        multisig::execute_for_test(&sign_as(ALICE), account, vector[]);
        assert!(multisig::can_be_executed(account, 2));
        let pending = multisig::get_pending_transactions(account);
        assert!(pending == vector[multisig::get_transaction(account, 2)]);
    }

    #[test]
    fun rejected_proposals_are_removed() {
        let account = account_of_three(2);
        propose(account);
        propose(account);
        propose(account);
        multisig::reject_transaction(&sign_as(BOB), account, 1);
        multisig::execute_rejected_transaction(&sign_as(CAROL), account);
        assert!(multisig::vote_reported_for_test(account, CAROL, 1, false));
        assert!(multisig::last_resolved_sequence_number(account) == 1);

        multisig::vote_transactions(&sign_as(BOB), account, 2, 3, false);
        multisig::execute_rejected_transactions(&sign_as(CAROL), account, 3);
        assert!(multisig::last_resolved_sequence_number(account) == 3);
        assert!(multisig::reports_for_test() == vector[0, 0, 0, 0, 0, 3]);
    }

    #[test]
    #[expected_failure(abort_code = 0x3000A, location = aptos_framework::multisig_account)]
    fun too_few_rejections_remove_nothing() {
        let account = account_of_three(2);
        propose(account);
        multisig::execute_rejected_transaction(&sign_as(CAROL), account);
    }

    #[test]
    #[expected_failure(abort_code = 0x10011, location = aptos_framework::multisig_account)]
    fun nothing_to_remove() {
        multisig::execute_rejected_transaction(&sign_as(ALICE), account_of_three(1));
    }

    #[test]
    #[expected_failure(abort_code = 0x10011, location = aptos_framework::multisig_account)]
    fun removal_ends_at_the_last_proposal() {
        let account = account_of_three(1);
        propose(account);
        multisig::execute_rejected_transactions(&sign_as(ALICE), account, 2);
    }

    #[test]
    fun votes_of_former_owners_do_not_count() {
        let account = account_of_three(2);
        propose(account);
        multisig::approve_transaction(&sign_as(BOB), account, 1);
        multisig::update_for_test(account, vector[DAVE], vector[BOB], 2);
        assert!(!multisig::is_owner(BOB, account) && multisig::is_owner(DAVE, account));
        assert!(!multisig::can_be_executed(account, 1));
        assert!(multisig::reports_for_test() == vector[1, 1, 0, 0, 0, 0]);
    }

    #[test]
    fun required_signatures_change() {
        let account = account_of_three(2);
        multisig::update_for_test(account, vector[], vector[DAVE], 3);
        assert!(multisig::num_signatures_required(account) == 3);
        // Dave was no owner, so nobody was removed.
        assert!(multisig::reports_for_test() == vector[0, 0, 1, 0, 0, 0]);
    }

    #[test]
    #[expected_failure(abort_code = 0x30005, location = aptos_framework::multisig_account)]
    fun owners_remain_for_the_signatures() {
        multisig::update_for_test(account_of_three(2), vector[], vector[BOB, CAROL], 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000B, location = aptos_framework::multisig_account)]
    fun signatures_stay_needed() {
        multisig::update_for_test(account_of_three(2), vector[], vector[], 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_framework::multisig_account)]
    fun owners_are_not_added_twice() {
        multisig::update_for_test(account_of_three(2), vector[BOB], vector[], 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10012, location = aptos_framework::multisig_account)]
    fun owners_are_not_added_and_removed() {
        multisig::update_for_test(account_of_three(2), vector[DAVE], vector[DAVE], 2);
    }

    #[test]
    fun metadata_is_replaced() {
        let account = account_of_three(2);
        multisig::update_metadata_for_test(account, keys(vector[b"a", b"b"]), vector[b"1", b"2"]);
        multisig::update_metadata_for_test(account, keys(vector[b"b"]), vector[b"3"]);
        let metadata = multisig::metadata(account);
        assert!(metadata.length() == 1);
        assert!(*metadata.borrow(&string::utf8(b"b")) == b"3");
        assert!(multisig::reports_for_test() == vector[0, 0, 0, 2, 0, 0]);
    }
}
