/// Accounts that k of n owners control together, on the chain.
///
/// An owner proposes a transaction; owners vote on it; any owner executes it, and pays for that, as
/// soon as it is the oldest pending one and has k approvals. The VM runs the payload as the account,
/// between `validate_multisig_transaction` and one of the cleanup functions. Owners and k change by
/// such transactions only, while the address stays.
module aptos_framework::multisig_account {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::String;

    use aptos_std::simple_map::{Self, SimpleMap};
    use aptos_std::table::{Self, Table};

    use aptos_framework::account::{Self, SignerCapability};
    use aptos_framework::chain_id;
    use aptos_framework::create_signer::create_signer;
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::timestamp;

    // The codes above 2000 can be those of a refused transaction.

    /// The list of owners names an address twice
    const EDUPLICATE_OWNER: u64 = 1;
    /// There is no multisig account at the address
    const EACCOUNT_NOT_MULTISIG: u64 = 2002;
    /// The account is not an owner of the multisig account
    const ENOT_OWNER: u64 = 2003;
    /// A proposal needs a payload
    const EPAYLOAD_CANNOT_BE_EMPTY: u64 = 4;
    /// There would be fewer owners than required signatures
    const ENOT_ENOUGH_OWNERS: u64 = 5;
    /// The multisig account has no pending transaction of this number
    const ETRANSACTION_NOT_FOUND: u64 = 2006;
    /// The payload is not the one whose hash was proposed
    const EPAYLOAD_DOES_NOT_MATCH_HASH: u64 = 2008;
    /// The transaction has too few approvals to be executed
    const ENOT_ENOUGH_APPROVALS: u64 = 2009;
    /// The payload is not the one that was proposed
    const EPAYLOAD_DOES_NOT_MATCH: u64 = 2010;
    /// The transaction has too few rejections to be removed
    const ENOT_ENOUGH_REJECTIONS: u64 = 10;
    /// The number of required signatures must be from 1 to the number of owners
    const EINVALID_SIGNATURES_REQUIRED: u64 = 11;
    /// The hash of a payload is a SHA3-256 hash of 32 bytes
    const EINVALID_PAYLOAD_HASH: u64 = 12;
    /// A multisig account cannot be its own owner
    const EOWNER_CANNOT_BE_MULTISIG_ACCOUNT_ITSELF: u64 = 13;
    /// There must be as many metadata keys as values
    const ENUMBER_OF_METADATA_KEYS_AND_VALUES_DONT_MATCH: u64 = 15;
    /// A metadata key is there twice
    const EDUPLICATE_METADATA_KEY: u64 = 16;
    /// No transaction has had this number yet, or it is not among the pending ones
    const EINVALID_SEQUENCE_NUMBER: u64 = 17;
    /// An address is both to be added and to be removed
    const EOWNERS_TO_REMOVE_NEW_OWNERS_OVERLAP: u64 = 18;
    /// The account has as many pending transactions as are allowed
    const EMAX_PENDING_TRANSACTIONS_EXCEEDED: u64 = 19;

    /// Keeps the seeds of multisig accounts apart from those of other resource accounts.
    const DOMAIN_SEPARATOR: vector<u8> = b"aptos_framework::multisig_account";

    /// No key has this authentication key.
    const ZERO_AUTH_KEY: vector<u8> =
        x"0000000000000000000000000000000000000000000000000000000000000000";

    const MAX_PENDING_TRANSACTIONS: u64 = 20;

    /// A multisig account and its pending transactions.
    struct MultisigAccount has key {
        owners: vector<address>,
        /// k of "k of n".
        num_signatures_required: u64,
        /// Pending transactions by number. Resolved ones are removed, their events remain.
        transactions: Table<u64, MultisigTransaction>,
        /// Number of the last transaction that was executed or removed. They go in order.
        last_executed_sequence_number: u64,
        /// Number of the next proposal.
        next_sequence_number: u64,
        /// Present if the account was created by this module.
        signer_cap: Option<SignerCapability>,
        /// Name, description and so on, for display only.
        metadata: SimpleMap<String, vector<u8>>,

        // Handles of version 1 events. All events are module events.
        add_owners_events: EventHandle<AddOwnersEvent>,
        remove_owners_events: EventHandle<RemoveOwnersEvent>,
        update_signature_required_events: EventHandle<UpdateSignaturesRequiredEvent>,
        create_transaction_events: EventHandle<CreateTransactionEvent>,
        vote_events: EventHandle<VoteEvent>,
        execute_rejected_transaction_events: EventHandle<ExecuteRejectedTransactionEvent>,
        execute_transaction_events: EventHandle<TransactionExecutionSucceededEvent>,
        transaction_execution_failed_events: EventHandle<TransactionExecutionFailedEvent>,
        metadata_updated_events: EventHandle<MetadataUpdatedEvent>
    }

    /// A proposed transaction: its payload or the hash of it.
    struct MultisigTransaction has copy, drop, store {
        payload: Option<vector<u8>>,
        payload_hash: Option<vector<u8>>,
        /// True is an approval. Votes of former owners stay here, but do not count.
        votes: SimpleMap<address, bool>,
        creator: address,
        creation_time_secs: u64
    }

    /// Why an executed payload failed. Made by the VM.
    struct ExecutionError has copy, drop, store {
        /// The module that aborted, or an empty string.
        abort_location: String,
        /// "VMError", "MoveAbort" or "MoveExecutionFailure".
        error_type: String,
        error_code: u64
    }

    /// What the key of an existing account signs to make it a multisig account.
    struct MultisigAccountCreationMessage has copy, drop {
        chain_id: u8,
        account_address: address,
        sequence_number: u64,
        owners: vector<address>,
        num_signatures_required: u64
    }

    /// As `MultisigAccountCreationMessage`, when the key is to be given up.
    struct MultisigAccountCreationWithAuthKeyRevocationMessage has copy, drop {
        chain_id: u8,
        account_address: address,
        sequence_number: u64,
        owners: vector<address>,
        num_signatures_required: u64
    }

    /// Version 1 event, for the type of a handle, as are all others whose name ends with Event.
    struct AddOwnersEvent has drop, store {
        owners_added: vector<address>
    }

    #[event]
    /// Owners were added.
    struct AddOwners has drop, store {
        multisig_account: address,
        owners_added: vector<address>
    }

    struct RemoveOwnersEvent has drop, store {
        owners_removed: vector<address>
    }

    #[event]
    /// Owners were removed.
    struct RemoveOwners has drop, store {
        multisig_account: address,
        owners_removed: vector<address>
    }

    struct UpdateSignaturesRequiredEvent has drop, store {
        old_num_signatures_required: u64,
        new_num_signatures_required: u64
    }

    #[event]
    /// The number of required signatures changed.
    struct UpdateSignaturesRequired has drop, store {
        multisig_account: address,
        old_num_signatures_required: u64,
        new_num_signatures_required: u64
    }

    struct CreateTransactionEvent has drop, store {
        creator: address,
        sequence_number: u64,
        transaction: MultisigTransaction
    }

    #[event]
    /// A transaction was proposed.
    struct CreateTransaction has drop, store {
        multisig_account: address,
        creator: address,
        sequence_number: u64,
        transaction: MultisigTransaction
    }

    struct VoteEvent has drop, store {
        owner: address,
        sequence_number: u64,
        approved: bool
    }

    #[event]
    /// An owner approved or rejected a transaction.
    struct Vote has drop, store {
        multisig_account: address,
        owner: address,
        sequence_number: u64,
        approved: bool
    }

    struct ExecuteRejectedTransactionEvent has drop, store {
        sequence_number: u64,
        num_rejections: u64,
        executor: address
    }

    #[event]
    /// A rejected transaction was removed.
    struct ExecuteRejectedTransaction has drop, store {
        multisig_account: address,
        sequence_number: u64,
        num_rejections: u64,
        executor: address
    }

    struct TransactionExecutionSucceededEvent has drop, store {
        executor: address,
        sequence_number: u64,
        transaction_payload: vector<u8>,
        num_approvals: u64
    }

    #[event]
    /// A transaction was executed.
    struct TransactionExecutionSucceeded has drop, store {
        multisig_account: address,
        executor: address,
        sequence_number: u64,
        transaction_payload: vector<u8>,
        num_approvals: u64
    }

    struct TransactionExecutionFailedEvent has drop, store {
        executor: address,
        sequence_number: u64,
        transaction_payload: vector<u8>,
        num_approvals: u64,
        execution_error: ExecutionError
    }

    #[event]
    /// A transaction was executed and failed. It is not tried again.
    struct TransactionExecutionFailed has drop, store {
        multisig_account: address,
        executor: address,
        sequence_number: u64,
        transaction_payload: vector<u8>,
        num_approvals: u64,
        execution_error: ExecutionError
    }

    struct MetadataUpdatedEvent has drop, store {
        old_metadata: SimpleMap<String, vector<u8>>,
        new_metadata: SimpleMap<String, vector<u8>>
    }

    #[event]
    /// The metadata of the account was replaced.
    struct MetadataUpdated has drop, store {
        multisig_account: address,
        old_metadata: SimpleMap<String, vector<u8>>,
        new_metadata: SimpleMap<String, vector<u8>>
    }

    // Views.

    #[view]
    /// The account's metadata.
    public fun metadata(multisig_account: address): SimpleMap<String, vector<u8>> {
        MultisigAccount[multisig_account].metadata
    }

    #[view]
    /// How many approvals execute a transaction, and how many rejections remove it.
    public fun num_signatures_required(multisig_account: address): u64 {
        MultisigAccount[multisig_account].num_signatures_required
    }

    #[view]
    /// All owners.
    public fun owners(multisig_account: address): vector<address> {
        MultisigAccount[multisig_account].owners
    }

    #[view]
    /// Whether `owner` is an owner of the account.
    public fun is_owner(owner: address, multisig_account: address): bool {
        MultisigAccount[multisig_account].owners.contains(&owner)
    }

    #[view]
    /// The pending transaction of this number. Aborts if it is resolved or not proposed yet.
    public fun get_transaction(
        multisig_account: address, sequence_number: u64
    ): MultisigTransaction {
        assert_valid_sequence_number(multisig_account, sequence_number);
        *MultisigAccount[multisig_account].transactions.borrow(sequence_number)
    }

    #[view]
    /// All pending transactions, the oldest first.
    public fun get_pending_transactions(
        multisig_account: address
    ): vector<MultisigTransaction> {
        let this = &MultisigAccount[multisig_account];
        let pending = vector[];
        for (number in (this.last_executed_sequence_number + 1)..this.next_sequence_number) {
            pending.push_back(*this.transactions.borrow(number));
        };
        pending
    }

    #[view]
    /// The payload that the oldest pending transaction executes: the one it stores, or else
    /// `provided_payload`. The VM calls this.
    public fun get_next_transaction_payload(
        multisig_account: address, provided_payload: vector<u8>
    ): vector<u8> {
        let this = &MultisigAccount[multisig_account];
        let transaction = this.transactions.borrow(this.last_executed_sequence_number + 1);
        if (transaction.payload.is_some()) {
            *transaction.payload.borrow()
        } else {
            provided_payload
        }
    }

    #[view]
    /// Whether the transaction is the next one and has enough approvals.
    public fun can_be_executed(
        multisig_account: address, sequence_number: u64
    ): bool {
        assert_valid_sequence_number(multisig_account, sequence_number);
        let (approvals, _) = votes_on(multisig_account, sequence_number);
        is_next_with(multisig_account, sequence_number, approvals)
    }

    #[view]
    /// Whether `owner` can execute the transaction now: executing it also approves it.
    public fun can_execute(
        owner: address, multisig_account: address, sequence_number: u64
    ): bool {
        assert_valid_sequence_number(multisig_account, sequence_number);
        let (approvals, _) = votes_on(multisig_account, sequence_number);
        if (!has_voted(multisig_account, sequence_number, owner, true)) {
            approvals += 1;
        };
        is_owner(owner, multisig_account)
            && is_next_with(multisig_account, sequence_number, approvals)
    }

    #[view]
    /// Whether the transaction is the next one and has enough rejections.
    public fun can_be_rejected(
        multisig_account: address, sequence_number: u64
    ): bool {
        assert_valid_sequence_number(multisig_account, sequence_number);
        let (_, rejections) = votes_on(multisig_account, sequence_number);
        is_next_with(multisig_account, sequence_number, rejections)
    }

    #[view]
    /// Whether `owner` can remove the transaction now: removing it also rejects it.
    public fun can_reject(
        owner: address, multisig_account: address, sequence_number: u64
    ): bool {
        assert_valid_sequence_number(multisig_account, sequence_number);
        let (_, rejections) = votes_on(multisig_account, sequence_number);
        if (!has_voted(multisig_account, sequence_number, owner, false)) {
            rejections += 1;
        };
        is_owner(owner, multisig_account)
            && is_next_with(multisig_account, sequence_number, rejections)
    }

    #[view]
    /// The address of the multisig account that `creator` creates with its present sequence number.
    public fun get_next_multisig_account_address(creator: address): address {
        let sequence_number = account::get_sequence_number(creator);
        account::create_resource_address(
            &creator, create_multisig_account_seed(bcs::to_bytes(&sequence_number))
        )
    }

    #[view]
    /// The number of the last transaction that was executed or removed; 0 if there was none.
    public fun last_resolved_sequence_number(multisig_account: address): u64 {
        MultisigAccount[multisig_account].last_executed_sequence_number
    }

    #[view]
    /// The number that the next proposal gets.
    public fun next_sequence_number(multisig_account: address): u64 {
        MultisigAccount[multisig_account].next_sequence_number
    }

    #[view]
    /// Whether `owner` voted on the pending transaction, and if so, whether to approve it.
    public fun vote(
        multisig_account: address, sequence_number: u64, owner: address
    ): (bool, bool) {
        assert_valid_sequence_number(multisig_account, sequence_number);
        let votes = &MultisigAccount[multisig_account].transactions.borrow(sequence_number).votes;
        let voted = votes.contains_key(&owner);
        (voted, voted && *votes.borrow(&owner))
    }

    #[view]
    /// How many more transactions can be pending.
    public fun available_transaction_queue_capacity(multisig_account: address): u64 {
        let this = &MultisigAccount[multisig_account];
        let pending = this.next_sequence_number - this.last_executed_sequence_number - 1;
        if (pending < MAX_PENDING_TRANSACTIONS) {
            MAX_PENDING_TRANSACTIONS - pending
        } else { 0 }
    }

    // Creation.

    /// Makes the calling account a multisig account. Its key stays valid beside the owners: rotate
    /// it, or use `create_with_existing_account_and_revoke_auth_key_call`.
    ///
    /// Not public, so that no module can do this with a signer it was given for something else.
    entry fun create_with_existing_account_call(
        multisig_account: &signer,
        owners: vector<address>,
        num_signatures_required: u64,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) {
        create_with_owners_internal(
            multisig_account,
            owners,
            num_signatures_required,
            option::none(),
            metadata_keys,
            metadata_values
        );
    }

    /// Makes `multisig_address` a multisig account. `create_multisig_account_signed_message` is the
    /// signature of its key over a `MultisigAccountCreationMessage`; `account_scheme` and
    /// `account_public_key` are as for `account::verify_signed_message`. The key stays valid.
    public entry fun create_with_existing_account(
        multisig_address: address,
        owners: vector<address>,
        num_signatures_required: u64,
        account_scheme: u8,
        account_public_key: vector<u8>,
        create_multisig_account_signed_message: vector<u8>,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) {
        account::verify_signed_message(
            multisig_address,
            account_scheme,
            account_public_key,
            create_multisig_account_signed_message,
            MultisigAccountCreationMessage {
                chain_id: chain_id::get(),
                account_address: multisig_address,
                sequence_number: account::get_sequence_number(multisig_address),
                owners,
                num_signatures_required
            }
        );
        // The signature above stands for the account's consent.
        create_with_existing_account_call(
            &create_signer(multisig_address),
            owners,
            num_signatures_required,
            metadata_keys,
            metadata_values
        );
    }

    /// Makes the calling account a multisig account and gives its key up: only the owners control
    /// it from now on, and whoever holds a `SignerCapability` of a resource account.
    entry fun create_with_existing_account_and_revoke_auth_key_call(
        multisig_account: &signer,
        owners: vector<address>,
        num_signatures_required: u64,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) {
        create_with_existing_account_call(
            multisig_account,
            owners,
            num_signatures_required,
            metadata_keys,
            metadata_values
        );

        account::rotate_authentication_key_internal(multisig_account, ZERO_AUTH_KEY);
        // Capabilities on offer would be ways around the owners.
        let multisig_address = signer::address_of(multisig_account);
        if (account::is_signer_capability_offered(multisig_address)) {
            account::revoke_any_signer_capability(multisig_account);
        };
        if (account::is_rotation_capability_offered(multisig_address)) {
            account::revoke_any_rotation_capability(multisig_account);
        };
    }

    /// As `create_with_existing_account`, and gives the key up. What is signed is a
    /// `MultisigAccountCreationWithAuthKeyRevocationMessage`.
    public entry fun create_with_existing_account_and_revoke_auth_key(
        multisig_address: address,
        owners: vector<address>,
        num_signatures_required: u64,
        account_scheme: u8,
        account_public_key: vector<u8>,
        create_multisig_account_signed_message: vector<u8>,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) {
        account::verify_signed_message(
            multisig_address,
            account_scheme,
            account_public_key,
            create_multisig_account_signed_message,
            MultisigAccountCreationWithAuthKeyRevocationMessage {
                chain_id: chain_id::get(),
                account_address: multisig_address,
                sequence_number: account::get_sequence_number(multisig_address),
                owners,
                num_signatures_required
            }
        );
        // The signature above stands for the account's consent.
        create_with_existing_account_and_revoke_auth_key_call(
            &create_signer(multisig_address),
            owners,
            num_signatures_required,
            metadata_keys,
            metadata_values
        );
    }

    /// Creates a multisig account with `owner` as its only owner.
    public entry fun create(
        owner: &signer,
        num_signatures_required: u64,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) {
        create_with_owners(
            owner, vector[], num_signatures_required, metadata_keys, metadata_values
        );
    }

    /// Creates a multisig account with `owner` and `additional_owners`, all different.
    public entry fun create_with_owners(
        owner: &signer,
        additional_owners: vector<address>,
        num_signatures_required: u64,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) {
        let (multisig_account, signer_cap) = create_multisig_account(owner);
        additional_owners.push_back(signer::address_of(owner));
        create_with_owners_internal(
            &multisig_account,
            additional_owners,
            num_signatures_required,
            option::some(signer_cap),
            metadata_keys,
            metadata_values
        );
    }

    /// As `create_with_owners`, but `bootstrapper` does not stay an owner. This makes an account at
    /// an address that follows from an account made for this purpose only.
    public entry fun create_with_owners_then_remove_bootstrapper(
        bootstrapper: &signer,
        owners: vector<address>,
        num_signatures_required: u64,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) {
        create_with_owners(
            bootstrapper,
            owners,
            num_signatures_required,
            metadata_keys,
            metadata_values
        );
        // The sequence number is still the one that the address was made from.
        let bootstrapper_address = signer::address_of(bootstrapper);
        update_owner_schema(
            get_next_multisig_account_address(bootstrapper_address),
            vector[],
            vector[bootstrapper_address],
            option::none()
        );
    }

    fun create_multisig_account(owner: &signer): (signer, SignerCapability) {
        let sequence_number = account::get_sequence_number(signer::address_of(owner));
        account::create_resource_account(
            owner, create_multisig_account_seed(bcs::to_bytes(&sequence_number))
        )
    }

    fun create_multisig_account_seed(suffix: vector<u8>): vector<u8> {
        let seed = DOMAIN_SEPARATOR;
        seed.append(suffix);
        seed
    }

    fun create_with_owners_internal(
        multisig_account: &signer,
        owners: vector<address>,
        num_signatures_required: u64,
        signer_cap: Option<SignerCapability>,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) {
        assert!(
            num_signatures_required > 0 && num_signatures_required <= owners.length(),
            error::invalid_argument(EINVALID_SIGNATURES_REQUIRED)
        );
        validate_owners(&owners, signer::address_of(multisig_account));

        move_to(
            multisig_account,
            MultisigAccount {
                owners,
                num_signatures_required,
                transactions: table::new(),
                last_executed_sequence_number: 0,
                next_sequence_number: 1,
                signer_cap,
                metadata: new_metadata(metadata_keys, metadata_values),
                add_owners_events: account::new_event_handle(multisig_account),
                remove_owners_events: account::new_event_handle(multisig_account),
                update_signature_required_events: account::new_event_handle(multisig_account),
                create_transaction_events: account::new_event_handle(multisig_account),
                vote_events: account::new_event_handle(multisig_account),
                execute_rejected_transaction_events: account::new_event_handle(multisig_account),
                execute_transaction_events: account::new_event_handle(multisig_account),
                transaction_execution_failed_events: account::new_event_handle(multisig_account),
                metadata_updated_events: account::new_event_handle(multisig_account)
            }
        );
    }

    fun new_metadata(
        keys: vector<String>, values: vector<vector<u8>>
    ): SimpleMap<String, vector<u8>> {
        assert!(
            keys.length() == values.length(),
            error::invalid_argument(ENUMBER_OF_METADATA_KEYS_AND_VALUES_DONT_MATCH)
        );
        let metadata = simple_map::new();
        for (i in 0..keys.length()) {
            assert!(
                !metadata.contains_key(&keys[i]),
                error::invalid_argument(EDUPLICATE_METADATA_KEY)
            );
            metadata.add(keys[i], values[i]);
        };
        metadata
    }

    // Changes of the account by itself. None of these functions is public: they run as payloads of
    // its transactions only, never from a module that was given the account's signer.

    /// Adds an owner.
    entry fun add_owner(multisig_account: &signer, new_owner: address) {
        add_owners(multisig_account, vector[new_owner]);
    }

    /// Adds owners.
    entry fun add_owners(
        multisig_account: &signer, new_owners: vector<address>
    ) {
        update_owner_schema(
            signer::address_of(multisig_account), new_owners, vector[], option::none()
        );
    }

    /// Adds owners and sets the number of required signatures.
    entry fun add_owners_and_update_signatures_required(
        multisig_account: &signer,
        new_owners: vector<address>,
        new_num_signatures_required: u64
    ) {
        update_owner_schema(
            signer::address_of(multisig_account),
            new_owners,
            vector[],
            option::some(new_num_signatures_required)
        );
    }

    /// Removes an owner, if it is one.
    entry fun remove_owner(
        multisig_account: &signer, owner_to_remove: address
    ) {
        remove_owners(multisig_account, vector[owner_to_remove]);
    }

    /// Removes those of the addresses that are owners.
    entry fun remove_owners(
        multisig_account: &signer, owners_to_remove: vector<address>
    ) {
        update_owner_schema(
            signer::address_of(multisig_account),
            vector[],
            owners_to_remove,
            option::none()
        );
    }

    /// Replaces an owner by another one.
    entry fun swap_owner(
        multisig_account: &signer, to_swap_in: address, to_swap_out: address
    ) {
        swap_owners(multisig_account, vector[to_swap_in], vector[to_swap_out]);
    }

    /// Adds some owners and removes others.
    entry fun swap_owners(
        multisig_account: &signer,
        to_swap_in: vector<address>,
        to_swap_out: vector<address>
    ) {
        update_owner_schema(
            signer::address_of(multisig_account),
            to_swap_in,
            to_swap_out,
            option::none()
        );
    }

    /// Adds some owners, removes others, and sets the number of required signatures.
    entry fun swap_owners_and_update_signatures_required(
        multisig_account: &signer,
        new_owners: vector<address>,
        owners_to_remove: vector<address>,
        new_num_signatures_required: u64
    ) {
        update_owner_schema(
            signer::address_of(multisig_account),
            new_owners,
            owners_to_remove,
            option::some(new_num_signatures_required)
        );
    }

    /// Sets the number of required signatures.
    entry fun update_signatures_required(
        multisig_account: &signer, new_num_signatures_required: u64
    ) {
        update_owner_schema(
            signer::address_of(multisig_account),
            vector[],
            vector[],
            option::some(new_num_signatures_required)
        );
    }

    /// Replaces all metadata.
    entry fun update_metadata(
        multisig_account: &signer, keys: vector<String>, values: vector<vector<u8>>
    ) {
        let multisig_address = signer::address_of(multisig_account);
        assert_multisig_account_exists(multisig_address);
        let new_metadata = new_metadata(keys, values);

        let this = &mut MultisigAccount[multisig_address];
        let old_metadata = this.metadata;
        this.metadata = new_metadata;
        event::emit(
            MetadataUpdated {
                multisig_account: multisig_address,
                old_metadata,
                new_metadata
            }
        );
    }

    fun update_owner_schema(
        multisig_account: address,
        new_owners: vector<address>,
        owners_to_remove: vector<address>,
        new_num_signatures_required: Option<u64>
    ) {
        assert_multisig_account_exists(multisig_account);
        for (i in 0..new_owners.length()) {
            assert!(
                !owners_to_remove.contains(&new_owners[i]),
                error::invalid_argument(EOWNERS_TO_REMOVE_NEW_OWNERS_OVERLAP)
            );
        };

        let this = &mut MultisigAccount[multisig_account];
        if (!new_owners.is_empty()) {
            this.owners.append(new_owners);
            validate_owners(&this.owners, multisig_account);
            event::emit(AddOwners { multisig_account, owners_added: new_owners });
        };

        let owners_removed = vector[];
        for (i in 0..owners_to_remove.length()) {
            let (found, at) = this.owners.index_of(&owners_to_remove[i]);
            if (found) {
                owners_removed.push_back(this.owners.swap_remove(at));
            }
        };
        if (!owners_removed.is_empty()) {
            event::emit(RemoveOwners { multisig_account, owners_removed });
        };

        if (new_num_signatures_required.is_some()) {
            set_signatures_required(
                this, multisig_account, *new_num_signatures_required.borrow()
            );
        };
        assert!(
            this.owners.length() >= this.num_signatures_required,
            error::invalid_state(ENOT_ENOUGH_OWNERS)
        );
    }

    fun set_signatures_required(
        this: &mut MultisigAccount, multisig_account: address, new: u64
    ) {
        assert!(new > 0, error::invalid_argument(EINVALID_SIGNATURES_REQUIRED));
        let old = this.num_signatures_required;
        if (new != old) {
            this.num_signatures_required = new;
            event::emit(
                UpdateSignaturesRequired {
                    multisig_account,
                    old_num_signatures_required: old,
                    new_num_signatures_required: new
                }
            );
        }
    }

    fun validate_owners(owners: &vector<address>, multisig_account: address) {
        for (i in 0..owners.length()) {
            assert!(
                owners[i] != multisig_account,
                error::invalid_argument(EOWNER_CANNOT_BE_MULTISIG_ACCOUNT_ITSELF)
            );
            let (_, first) = owners.index_of(&owners[i]);
            assert!(first == i, error::invalid_argument(EDUPLICATE_OWNER));
        }
    }

    // Proposals and votes.

    /// Proposes a transaction, and approves it. `payload` is the BCS of a multisig payload.
    public entry fun create_transaction(
        owner: &signer, multisig_account: address, payload: vector<u8>
    ) {
        assert!(!payload.is_empty(), error::invalid_argument(EPAYLOAD_CANNOT_BE_EMPTY));
        add_transaction(owner, multisig_account, option::some(payload), option::none());
    }

    /// Proposes a transaction by the SHA3-256 hash of its payload, and approves it. Whoever
    /// executes it provides the payload.
    public entry fun create_transaction_with_hash(
        owner: &signer, multisig_account: address, payload_hash: vector<u8>
    ) {
        assert!(
            payload_hash.length() == 32, error::invalid_argument(EINVALID_PAYLOAD_HASH)
        );
        add_transaction(
            owner, multisig_account, option::none(), option::some(payload_hash)
        );
    }

    fun add_transaction(
        owner: &signer,
        multisig_account: address,
        payload: Option<vector<u8>>,
        payload_hash: Option<vector<u8>>
    ) {
        assert_multisig_account_exists(multisig_account);
        assert_is_owner(owner, multisig_account);
        assert!(
            available_transaction_queue_capacity(multisig_account) > 0,
            error::invalid_state(EMAX_PENDING_TRANSACTIONS_EXCEEDED)
        );

        let creator = signer::address_of(owner);
        let votes = simple_map::new();
        votes.add(creator, true);
        let transaction = MultisigTransaction {
            payload,
            payload_hash,
            votes,
            creator,
            creation_time_secs: timestamp::now_seconds()
        };

        let this = &mut MultisigAccount[multisig_account];
        let sequence_number = this.next_sequence_number;
        this.next_sequence_number += 1;
        this.transactions.add(sequence_number, transaction);
        event::emit(
            CreateTransaction { multisig_account, creator, sequence_number, transaction }
        );
    }

    /// Approves a pending transaction.
    public entry fun approve_transaction(
        owner: &signer, multisig_account: address, sequence_number: u64
    ) {
        vote_transaction(owner, multisig_account, sequence_number, true);
    }

    /// Rejects a pending transaction.
    public entry fun reject_transaction(
        owner: &signer, multisig_account: address, sequence_number: u64
    ) {
        vote_transaction(owner, multisig_account, sequence_number, false);
    }

    /// As `vote_transaction`. Clients know the function by this name, too.
    public entry fun vote_transanction(
        owner: &signer, multisig_account: address, sequence_number: u64, approved: bool
    ) {
        vote_transaction(owner, multisig_account, sequence_number, approved);
    }

    /// Approves or rejects a pending transaction, in place of an earlier vote of this owner.
    public entry fun vote_transaction(
        owner: &signer, multisig_account: address, sequence_number: u64, approved: bool
    ) {
        assert_multisig_account_exists(multisig_account);
        assert_is_owner(owner, multisig_account);
        assert_transaction_exists(multisig_account, sequence_number);

        let owner = signer::address_of(owner);
        MultisigAccount[multisig_account].transactions.borrow_mut(sequence_number).votes
            .upsert(owner, approved);
        event::emit(Vote { multisig_account, owner, sequence_number, approved });
    }

    /// Votes in the same way on all pending transactions from one number to another, inclusive.
    public entry fun vote_transactions(
        owner: &signer,
        multisig_account: address,
        starting_sequence_number: u64,
        final_sequence_number: u64,
        approved: bool
    ) {
        let sequence_number = starting_sequence_number;
        while (sequence_number <= final_sequence_number) {
            vote_transaction(owner, multisig_account, sequence_number, approved);
            sequence_number += 1;
        }
    }

    /// Rejects the next transaction, and removes it. Aborts without enough rejections.
    public entry fun execute_rejected_transaction(
        owner: &signer, multisig_account: address
    ) {
        assert_multisig_account_exists(multisig_account);
        assert_is_owner(owner, multisig_account);

        let executor = signer::address_of(owner);
        let sequence_number = last_resolved_sequence_number(multisig_account) + 1;
        assert_valid_sequence_number(multisig_account, sequence_number);
        if (!has_voted(multisig_account, sequence_number, executor, false)) {
            reject_transaction(owner, multisig_account, sequence_number);
        };

        let this = &mut MultisigAccount[multisig_account];
        let (_, num_rejections) = remove_next_transaction(this);
        assert!(
            num_rejections >= this.num_signatures_required,
            error::invalid_state(ENOT_ENOUGH_REJECTIONS)
        );
        event::emit(
            ExecuteRejectedTransaction {
                multisig_account,
                sequence_number,
                num_rejections,
                executor
            }
        );
    }

    /// Rejects and removes all transactions up to `final_sequence_number`.
    public entry fun execute_rejected_transactions(
        owner: &signer, multisig_account: address, final_sequence_number: u64
    ) {
        let last = last_resolved_sequence_number(multisig_account);
        assert!(
            last < final_sequence_number
                && final_sequence_number < next_sequence_number(multisig_account),
            error::invalid_argument(EINVALID_SEQUENCE_NUMBER)
        );
        for (_number in last..final_sequence_number) {
            execute_rejected_transaction(owner, multisig_account);
        }
    }

    // Called by the VM only.

    /// Aborts unless `owner` can execute the next transaction of the account with `payload`. An
    /// empty `payload` stands for the stored one.
    fun validate_multisig_transaction(
        owner: &signer, multisig_account: address, payload: vector<u8>
    ) {
        assert_multisig_account_exists(multisig_account);
        assert_is_owner(owner, multisig_account);
        let sequence_number = last_resolved_sequence_number(multisig_account) + 1;
        assert_transaction_exists(multisig_account, sequence_number);
        assert!(
            can_execute(signer::address_of(owner), multisig_account, sequence_number),
            error::invalid_argument(ENOT_ENOUGH_APPROVALS)
        );

        let transaction = MultisigAccount[multisig_account].transactions.borrow(sequence_number);
        if (transaction.payload_hash.is_some()) {
            assert!(
                hash::sha3_256(payload) == *transaction.payload_hash.borrow(),
                error::invalid_argument(EPAYLOAD_DOES_NOT_MATCH_HASH)
            );
        };
        if (transaction.payload.is_some() && !payload.is_empty()) {
            assert!(
                payload == *transaction.payload.borrow(),
                error::invalid_argument(EPAYLOAD_DOES_NOT_MATCH)
            );
        }
    }

    /// Resolves the next transaction after its payload succeeded.
    fun successful_transaction_execution_cleanup(
        executor: address, multisig_account: address, transaction_payload: vector<u8>
    ) {
        let (sequence_number, num_approvals) = resolve_executed(executor, multisig_account);
        event::emit(
            TransactionExecutionSucceeded {
                multisig_account,
                executor,
                sequence_number,
                transaction_payload,
                num_approvals
            }
        );
    }

    /// Resolves the next transaction after its payload failed and was undone.
    fun failed_transaction_execution_cleanup(
        executor: address,
        multisig_account: address,
        transaction_payload: vector<u8>,
        execution_error: ExecutionError
    ) {
        let (sequence_number, num_approvals) = resolve_executed(executor, multisig_account);
        event::emit(
            TransactionExecutionFailed {
                multisig_account,
                executor,
                sequence_number,
                transaction_payload,
                num_approvals,
                execution_error
            }
        );
    }

    /// Removes the next transaction, which `executor` approves by executing it. Returns its number
    /// and its approvals.
    fun resolve_executed(executor: address, multisig_account: address): (u64, u64) {
        let sequence_number = last_resolved_sequence_number(multisig_account) + 1;
        let voted = has_voted(multisig_account, sequence_number, executor, true);
        let (approvals, _) =
            remove_next_transaction(&mut MultisigAccount[multisig_account]);
        if (!voted) {
            approvals += 1;
            event::emit(
                Vote { multisig_account, owner: executor, sequence_number, approved: true }
            );
        };
        (sequence_number, approvals)
    }

    // Shared parts.

    /// Removes the next transaction. Returns its approvals and rejections.
    fun remove_next_transaction(this: &mut MultisigAccount): (u64, u64) {
        let sequence_number = this.last_executed_sequence_number + 1;
        let transaction = this.transactions.remove(sequence_number);
        this.last_executed_sequence_number = sequence_number;
        count_votes(&this.owners, &transaction)
    }

    /// The approvals and rejections by present owners.
    fun count_votes(
        owners: &vector<address>, transaction: &MultisigTransaction
    ): (u64, u64) {
        let approvals = 0;
        let rejections = 0;
        let votes = &transaction.votes;
        for (i in 0..owners.length()) {
            if (votes.contains_key(&owners[i])) {
                if (*votes.borrow(&owners[i])) {
                    approvals += 1;
                } else {
                    rejections += 1;
                }
            }
        };
        (approvals, rejections)
    }

    fun votes_on(multisig_account: address, sequence_number: u64): (u64, u64) {
        let this = &MultisigAccount[multisig_account];
        count_votes(&this.owners, this.transactions.borrow(sequence_number))
    }

    fun has_voted(
        multisig_account: address, sequence_number: u64, owner: address, approved: bool
    ): bool {
        let (voted, approves) = vote(multisig_account, sequence_number, owner);
        voted && approves == approved
    }

    fun is_next_with(
        multisig_account: address, sequence_number: u64, votes: u64
    ): bool {
        let this = &MultisigAccount[multisig_account];
        sequence_number == this.last_executed_sequence_number + 1
            && votes >= this.num_signatures_required
    }

    fun assert_is_owner(owner: &signer, multisig_account: address) {
        assert!(
            is_owner(signer::address_of(owner), multisig_account),
            error::permission_denied(ENOT_OWNER)
        );
    }

    fun assert_multisig_account_exists(multisig_account: address) {
        assert!(
            exists<MultisigAccount>(multisig_account),
            error::invalid_state(EACCOUNT_NOT_MULTISIG)
        );
    }

    fun assert_valid_sequence_number(
        multisig_account: address, sequence_number: u64
    ) {
        assert!(
            sequence_number > 0
                && sequence_number < next_sequence_number(multisig_account),
            error::invalid_argument(EINVALID_SEQUENCE_NUMBER)
        );
    }

    fun assert_transaction_exists(
        multisig_account: address, sequence_number: u64
    ) {
        assert!(
            MultisigAccount[multisig_account].transactions.contains(sequence_number),
            error::not_found(ETRANSACTION_NOT_FOUND)
        );
    }

    #[test_only]
    /// Does what the VM does around a payload that succeeds.
    public fun execute_for_test(
        owner: &signer, multisig_account: address, payload: vector<u8>
    ) {
        validate_multisig_transaction(owner, multisig_account, payload);
        let payload = get_next_transaction_payload(multisig_account, payload);
        successful_transaction_execution_cleanup(
            signer::address_of(owner), multisig_account, payload
        );
    }

    #[test_only]
    /// Does what the VM does around a payload that aborts with `error_code`.
    public fun execute_failing_for_test(
        owner: &signer, multisig_account: address, payload: vector<u8>, error_code: u64
    ) {
        validate_multisig_transaction(owner, multisig_account, payload);
        let payload = get_next_transaction_payload(multisig_account, payload);
        failed_transaction_execution_cleanup(
            signer::address_of(owner),
            multisig_account,
            payload,
            ExecutionError {
                abort_location: std::string::utf8(b"0x1::m"),
                error_type: std::string::utf8(b"MoveAbort"),
                error_code
            }
        );
    }

    #[test_only]
    /// Whether an execution with these figures was reported as a success.
    public fun succeeded_for_test(
        multisig_account: address,
        executor: address,
        sequence_number: u64,
        transaction_payload: vector<u8>,
        num_approvals: u64
    ): bool {
        event::was_event_emitted(
            &TransactionExecutionSucceeded {
                multisig_account,
                executor,
                sequence_number,
                transaction_payload,
                num_approvals
            }
        )
    }

    #[test_only]
    /// Whether an owner's vote was reported.
    public fun vote_reported_for_test(
        multisig_account: address, owner: address, sequence_number: u64, approved: bool
    ): bool {
        event::was_event_emitted(
            &Vote { multisig_account, owner, sequence_number, approved }
        )
    }

    #[test_only]
    /// The number of reports of each kind of change: owners added, owners removed, required
    /// signatures, metadata, failures, removals.
    public fun reports_for_test(): vector<u64> {
        vector[
            event::emitted_events<AddOwners>().length(),
            event::emitted_events<RemoveOwners>().length(),
            event::emitted_events<UpdateSignaturesRequired>().length(),
            event::emitted_events<MetadataUpdated>().length(),
            event::emitted_events<TransactionExecutionFailed>().length(),
            event::emitted_events<ExecuteRejectedTransaction>().length()
        ]
    }

    #[test_only]
    /// A change of owners and required signatures, as the account itself makes it.
    public fun update_for_test(
        multisig_account: address,
        new_owners: vector<address>,
        owners_to_remove: vector<address>,
        new_num_signatures_required: u64
    ) {
        swap_owners_and_update_signatures_required(
            &create_signer(multisig_account),
            new_owners,
            owners_to_remove,
            new_num_signatures_required
        );
    }

    #[test_only]
    /// A change of metadata, as the account itself makes it.
    public fun update_metadata_for_test(
        multisig_account: address, keys: vector<String>, values: vector<vector<u8>>
    ) {
        update_metadata(&create_signer(multisig_account), keys, values);
    }

    #[test_only]
    const ALICE: address = @0xa11ce;
    #[test_only]
    const BOB: address = @0xb0b;
    #[test_only]
    const CAROL: address = @0xca401;

    #[test_only]
    /// A multisig account, made of an existing one, with Alice and Bob as owners.
    fun existing_account(num_signatures_required: u64): signer {
        let account = account::create_account_for_test(@0x5afe);
        create_with_existing_account_call(
            &account, vector[ALICE, BOB], num_signatures_required, vector[], vector[]
        );
        account
    }

    #[test]
    fun owners_change_one_by_one() {
        let account = existing_account(2);
        add_owner(&account, CAROL);
        assert!(owners(@0x5afe) == vector[ALICE, BOB, CAROL]);
        remove_owner(&account, BOB);
        assert!(owners(@0x5afe) == vector[ALICE, CAROL]);
        swap_owner(&account, BOB, ALICE);
        assert!(!is_owner(ALICE, @0x5afe) && is_owner(BOB, @0x5afe));
        add_owners_and_update_signatures_required(&account, vector[ALICE], 3);
        assert!(num_signatures_required(@0x5afe) == 3);
        update_signatures_required(&account, 1);
        assert!(num_signatures_required(@0x5afe) == 1);
        remove_owners(&account, vector[ALICE, BOB, @0xda7e]);
        assert!(owners(@0x5afe) == vector[CAROL]);
    }

    #[test]
    fun existing_accounts_have_no_capability_here() {
        existing_account(1);
        assert!(MultisigAccount[@0x5afe].signer_cap.is_none());
        assert!(account::get_authentication_key(@0x5afe) != ZERO_AUTH_KEY);
    }

    #[test]
    fun existing_accounts_give_everything_up() {
        let account = account::create_account_for_test(@0x5afe);
        create_with_existing_account_and_revoke_auth_key_call(
            &account, vector[ALICE], 1, vector[], vector[]
        );
        assert!(account::get_authentication_key(@0x5afe) == ZERO_AUTH_KEY);
    }

    #[test]
    #[expected_failure(abort_code = 0x307D2, location = Self)]
    fun owners_are_of_multisig_accounts() {
        add_owner(&account::create_account_for_test(@0x5afe), ALICE);
    }

    #[test]
    #[expected_failure(abort_code = 0x307D2, location = Self)]
    fun metadata_is_of_multisig_accounts() {
        update_metadata(&account::create_account_for_test(@0x5afe), vector[], vector[]);
    }

    #[test_only]
    use aptos_std::ed25519;

    #[test_only]
    /// The signature by which an account's key consents to a multisig account; `revoke` if the key
    /// is to be given up.
    public fun sign_creation_for_test(
        key: &ed25519::SecretKey,
        account_address: address,
        owners: vector<address>,
        num_signatures_required: u64,
        revoke: bool
    ): vector<u8> {
        let chain_id = chain_id::get();
        let sequence_number = account::get_sequence_number(account_address);
        let signature =
            if (revoke) {
                ed25519::sign_struct(
                    key,
                    MultisigAccountCreationWithAuthKeyRevocationMessage {
                        chain_id,
                        account_address,
                        sequence_number,
                        owners,
                        num_signatures_required
                    }
                )
            } else {
                ed25519::sign_struct(
                    key,
                    MultisigAccountCreationMessage {
                        chain_id,
                        account_address,
                        sequence_number,
                        owners,
                        num_signatures_required
                    }
                )
            };
        ed25519::signature_to_bytes(&signature)
    }
}
