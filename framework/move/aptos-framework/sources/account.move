/// Accounts: their sequence numbers, authentication keys, ids, and who else may sign for them.
///
/// Every address is an account. Until it needs a resource, its sequence number is 0 and its authentication key is the
/// address itself; the `Account` resource appears with the first change of either, or with the first GUID.
module aptos_framework::account {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::option::{Self, Option};
    use std::signer;
    use aptos_std::ed25519;
    use aptos_std::from_bcs;
    use aptos_std::multi_ed25519;
    use aptos_std::table::{Self, Table};
    use aptos_std::type_info::{Self, TypeInfo};
    use aptos_framework::chain_id;
    use aptos_framework::create_signer::create_signer;
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::guid::{Self, GUID};
    use aptos_framework::public_keys;
    use aptos_framework::system_addresses;

    /// Account already exists
    const EACCOUNT_ALREADY_EXISTS: u64 = 1;
    /// The sequence number is at its maximum
    const ESEQUENCE_NUMBER_TOO_BIG: u64 = 3;
    /// An authentication key has 32 bytes
    const EMALFORMED_AUTHENTICATION_KEY: u64 = 4;
    /// An account cannot be created at a reserved address
    const ECANNOT_RESERVED_ADDRESS: u64 = 5;
    /// The public key is not the account's current one
    const EWRONG_CURRENT_PUBLIC_KEY: u64 = 7;
    /// The signature does not prove that the key is known
    const EINVALID_PROOF_OF_KNOWLEDGE: u64 = 8;
    /// The address is not reserved for the framework
    const ENO_VALID_FRAMEWORK_RESERVED_ADDRESS: u64 = 11;
    /// The scheme of the key is not supported here
    const EINVALID_SCHEME: u64 = 12;
    /// The current authentication key is recorded for another account
    const EINVALID_ORIGINATING_ADDRESS: u64 = 13;
    /// The account has not been offered this signer capability
    const ENO_SUCH_SIGNER_CAPABILITY: u64 = 14;
    /// A resource account with this address exists already
    const ERESOURCE_ACCCOUNT_EXISTS: u64 = 15;
    /// The account has sent transactions, so it cannot become a resource account
    const EACCOUNT_ALREADY_USED: u64 = 16;
    /// The account has not been offered this rotation capability
    const ENO_SUCH_ROTATION_CAPABILITY_OFFER: u64 = 18;
    /// The account offers this capability to no one
    const ENO_SIGNER_CAPABILITY_OFFERED: u64 = 19;
    /// The account has made as many GUIDs as it may
    const EEXCEEDED_MAX_GUID_CREATION_NUM: u64 = 20;
    /// The new authentication key is recorded for another account already
    const ENEW_AUTH_KEY_ALREADY_MAPPED: u64 = 21;
    /// The new authentication key is the current one
    const ENEW_AUTH_KEY_SAME_AS_CURRENT: u64 = 22;

    const MAX_U64: u64 = 18446744073709551615;
    /// No public key hashes to this, so nobody can sign for an account that has it.
    const ZERO_AUTH_KEY: vector<u8> = x"0000000000000000000000000000000000000000000000000000000000000000";
    const ED25519_SCHEME: u8 = 0;
    const MULTI_ED25519_SCHEME: u8 = 1;
    /// Ends what is hashed for the address of a resource account, so that no public key gives the same.
    const DERIVE_RESOURCE_ACCOUNT_SCHEME: u8 = 255;
    /// Leaves the upper ids for other uses.
    const MAX_GUID_CREATION_NUM: u64 = 0x4000000000000;

    #[event]
    /// An account's authentication key changed, with a proof that the new key is known.
    struct KeyRotation has drop, store {
        account: address,
        old_authentication_key: vector<u8>,
        new_authentication_key: vector<u8>
    }

    #[event]
    /// An account's authentication key changed to that of a public key, which is named.
    struct KeyRotationToPublicKey has drop, store {
        account: address,
        /// One bit for each of the keys, from the left: set if the key is proven to be known. 4 bytes.
        verified_public_key_bit_map: vector<u8>,
        public_key_scheme: u8,
        public_key: vector<u8>,
        old_auth_key: vector<u8>,
        new_auth_key: vector<u8>
    }

    /// What an account has once it needs a resource.
    struct Account has key, store {
        authentication_key: vector<u8>,
        sequence_number: u64,
        guid_creation_num: u64,
        coin_register_events: EventHandle<CoinRegisterEvent>,
        key_rotation_events: EventHandle<KeyRotationEvent>,
        rotation_capability_offer: CapabilityOffer<RotationCapability>,
        signer_capability_offer: CapabilityOffer<SignerCapability>
    }

    /// As `KeyRotation`, in the stream of the account.
    struct KeyRotationEvent has drop, store {
        old_authentication_key: vector<u8>,
        new_authentication_key: vector<u8>
    }

    /// The account can hold a coin from now on: in the stream of the account.
    struct CoinRegisterEvent has drop, store {
        type_info: TypeInfo
    }

    #[event]
    /// The account can hold a coin from now on.
    struct CoinRegister has drop, store {
        account: address,
        type_info: TypeInfo
    }

    /// Whom an account allows to use a capability of its own.
    struct CapabilityOffer<phantom T> has store {
        for: Option<address>
    }

    /// To change the account's key.
    struct RotationCapability has drop, store {
        account: address
    }

    /// To sign for the account.
    struct SignerCapability has drop, store {
        account: address
    }

    /// Finds the account of an authentication key that is not its address. Only keys that were proven to be known are
    /// in it.
    struct OriginatingAddress has key {
        address_map: Table<address, address>
    }

    /// What both the current and the new key sign to change the key.
    struct RotationProofChallenge has copy, drop {
        sequence_number: u64,
        originator: address,
        current_auth_key: address,
        new_public_key: vector<u8>
    }

    /// What the current key signs to let `recipient_address` change the key.
    struct RotationCapabilityOfferProofChallengeV2 has drop {
        chain_id: u8,
        sequence_number: u64,
        source_address: address,
        recipient_address: address
    }

    /// What the current key signs to let `recipient_address` sign for the account.
    struct SignerCapabilityOfferProofChallengeV2 has copy, drop {
        sequence_number: u64,
        source_address: address,
        recipient_address: address
    }

    // Creation

    /// Sets up the table of rotated keys, at genesis.
    public(package) fun initialize(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        move_to(aptos_framework, OriginatingAddress { address_map: table::new() });
    }

    /// Gives `account_address` its resource if it has none.
    public fun create_account_if_does_not_exist(account_address: address) {
        if (!exists<Account>(account_address)) {
            create_account(account_address);
        }
    }

    /// Gives `new_address` its resource. Aborts if it has one, or if the address is reserved.
    public(package) fun create_account(new_address: address): signer {
        assert!(!exists<Account>(new_address), error::already_exists(EACCOUNT_ALREADY_EXISTS));
        assert!(
            new_address != @vm_reserved && new_address != @aptos_framework && new_address != @0x3,
            error::invalid_argument(ECANNOT_RESERVED_ADDRESS)
        );
        create_account_unchecked(new_address)
    }

    fun create_account_unchecked(new_address: address): signer {
        let account = create_signer(new_address);
        let guid_creation_num = 0;
        let coin_register_events = event::new_event_handle(guid::create(new_address, &mut guid_creation_num));
        let key_rotation_events = event::new_event_handle(guid::create(new_address, &mut guid_creation_num));
        move_to(
            &account,
            Account {
                authentication_key: bcs::to_bytes(&new_address),
                sequence_number: 0,
                guid_creation_num,
                coin_register_events,
                key_rotation_events,
                rotation_capability_offer: CapabilityOffer { for: option::none() },
                signer_capability_offer: CapabilityOffer { for: option::none() }
            }
        );
        account
    }

    /// Gives `addr` its resource if it has none, reserved or not.
    public(package) fun ensure_resource_exists(addr: address) {
        if (!exists<Account>(addr)) {
            create_account_unchecked(addr);
        }
    }

    // State

    #[view]
    /// Always true: every address is an account.
    public fun exists_at(_addr: address): bool {
        true
    }

    #[view]
    /// The number that the next GUID of `addr` gets.
    public fun get_guid_next_creation_num(addr: address): u64 {
        if (exists<Account>(addr)) Account[addr].guid_creation_num else 0
    }

    #[view]
    /// The number that the next transaction of `addr` must have.
    public fun get_sequence_number(addr: address): u64 {
        if (exists<Account>(addr)) Account[addr].sequence_number else 0
    }

    #[view]
    /// The account that a rotated authentication key belongs to, if it is recorded.
    public fun originating_address(auth_key: address): Option<address> {
        let address_map = &OriginatingAddress[@aptos_framework].address_map;
        if (address_map.contains(auth_key)) option::some(*address_map.borrow(auth_key)) else option::none()
    }

    #[view]
    /// The hash of the key that signs for `addr`, 32 bytes.
    public fun get_authentication_key(addr: address): vector<u8> {
        if (exists<Account>(addr)) Account[addr].authentication_key else bcs::to_bytes(&addr)
    }

    /// Counts a transaction of `addr`.
    public(package) fun increment_sequence_number(addr: address) {
        ensure_resource_exists(addr);
        let account = &mut Account[addr];
        assert!(account.sequence_number < MAX_U64, error::out_of_range(ESEQUENCE_NUMBER_TOO_BIG));
        account.sequence_number += 1;
    }

    // Key rotation

    /// Changes the authentication key of `account` without a proof. Aborts unless it has 32 bytes.
    public(package) fun rotate_authentication_key_internal(account: &signer, new_auth_key: vector<u8>) {
        let addr = signer::address_of(account);
        assert!(new_auth_key.length() == 32, error::invalid_argument(EMALFORMED_AUTHENTICATION_KEY));
        ensure_resource_exists(addr);
        Account[addr].authentication_key = new_auth_key;
    }

    /// Changes the authentication key of `account` without a proof that the new key is known, and without recording
    /// the account for it. A typing error here loses the account.
    entry fun rotate_authentication_key_call(account: &signer, new_auth_key: vector<u8>) {
        rotate_authentication_key_internal(account, new_auth_key);
    }

    /// As `rotate_authentication_key_call`, to the authentication key of a public key.
    entry fun rotate_authentication_key_from_public_key(
        account: &signer, scheme: u8, new_public_key_bytes: vector<u8>
    ) {
        let addr = signer::address_of(account);
        let old_auth_key = get_authentication_key(addr);
        let new_auth_key = public_keys::authentication_key(scheme, new_public_key_bytes);
        rotate_authentication_key_internal(account, new_auth_key);
        event::emit(
            KeyRotationToPublicKey {
                account: addr,
                verified_public_key_bit_map: x"00000000",
                public_key_scheme: scheme,
                public_key: new_public_key_bytes,
                old_auth_key,
                new_auth_key
            }
        );
    }

    /// Changes the authentication key of `account`, and records the account for the new key. Both the current and the
    /// new key (Ed25519 or multi-Ed25519) sign a `RotationProofChallenge`: `cap_rotate_key` and `cap_update_table`.
    public entry fun rotate_authentication_key(
        account: &signer,
        from_scheme: u8,
        from_public_key_bytes: vector<u8>,
        to_scheme: u8,
        to_public_key_bytes: vector<u8>,
        cap_rotate_key: vector<u8>,
        cap_update_table: vector<u8>
    ) {
        let addr = signer::address_of(account);
        ensure_resource_exists(addr);
        assert_ed25519_scheme(from_scheme);
        let current = get_authentication_key(addr);
        assert!(
            public_keys::authentication_key(from_scheme, from_public_key_bytes) == current,
            error::unauthenticated(EWRONG_CURRENT_PUBLIC_KEY)
        );
        let challenge = RotationProofChallenge {
            sequence_number: get_sequence_number(addr),
            originator: addr,
            current_auth_key: from_bcs::to_address(current),
            new_public_key: to_public_key_bytes
        };
        assert_signed(from_scheme, from_public_key_bytes, cap_rotate_key, challenge);
        assert_signed(to_scheme, to_public_key_bytes, cap_update_table, challenge);
        rotate_with_proof(addr, public_keys::authentication_key(to_scheme, to_public_key_bytes));
    }

    /// Changes the key of `rotation_cap_offerer_address`, which has offered that to `delegate_signer`. The new key
    /// signs a `RotationProofChallenge` with the delegate's sequence number.
    public entry fun rotate_authentication_key_with_rotation_capability(
        delegate_signer: &signer,
        rotation_cap_offerer_address: address,
        new_scheme: u8,
        new_public_key_bytes: vector<u8>,
        cap_update_table: vector<u8>
    ) {
        assert_resource_exists(rotation_cap_offerer_address, ENO_SUCH_ROTATION_CAPABILITY_OFFER);
        let delegate = signer::address_of(delegate_signer);
        assert!(
            Account[rotation_cap_offerer_address].rotation_capability_offer.for.contains(&delegate),
            error::not_found(ENO_SUCH_ROTATION_CAPABILITY_OFFER)
        );
        let challenge = RotationProofChallenge {
            sequence_number: get_sequence_number(delegate),
            originator: rotation_cap_offerer_address,
            current_auth_key: from_bcs::to_address(get_authentication_key(rotation_cap_offerer_address)),
            new_public_key: new_public_key_bytes
        };
        assert_signed(new_scheme, new_public_key_bytes, cap_update_table, challenge);
        rotate_with_proof(
            rotation_cap_offerer_address, public_keys::authentication_key(new_scheme, new_public_key_bytes)
        );
    }

    /// Records the account for its current authentication key, which `rotate_authentication_key_call` left out. Aborts
    /// if the key is recorded for another account.
    entry fun set_originating_address(account: &signer) {
        let addr = signer::address_of(account);
        let key = from_bcs::to_address(get_authentication_key(addr));
        let address_map = &mut OriginatingAddress[@aptos_framework].address_map;
        if (address_map.contains(key)) {
            assert!(*address_map.borrow(key) == addr, error::invalid_argument(ENEW_AUTH_KEY_ALREADY_MAPPED));
        } else {
            address_map.add(key, addr);
        }
    }

    /// Changes the key of `addr`, and moves its entry in the table of rotated keys.
    fun rotate_with_proof(addr: address, new_authentication_key: vector<u8>) {
        let account = &mut Account[addr];
        let old_authentication_key = account.authentication_key;
        let from = from_bcs::to_address(old_authentication_key);
        let to = from_bcs::to_address(new_authentication_key);
        assert!(from != to, error::invalid_argument(ENEW_AUTH_KEY_SAME_AS_CURRENT));

        let address_map = &mut OriginatingAddress[@aptos_framework].address_map;
        if (address_map.contains(from)) {
            assert!(address_map.remove(from) == addr, error::not_found(EINVALID_ORIGINATING_ADDRESS));
        };
        assert!(!address_map.contains(to), error::invalid_argument(ENEW_AUTH_KEY_ALREADY_MAPPED));
        address_map.add(to, addr);

        account.authentication_key = new_authentication_key;
        event::emit(KeyRotation { account: addr, old_authentication_key, new_authentication_key });
        event::emit_event(
            &mut account.key_rotation_events,
            KeyRotationEvent { old_authentication_key, new_authentication_key }
        );
    }

    // Offers

    /// Lets `recipient_address` change the key of `account`, in place of an earlier recipient. The account's key signs
    /// a `RotationCapabilityOfferProofChallengeV2`.
    public entry fun offer_rotation_capability(
        account: &signer,
        rotation_capability_sig_bytes: vector<u8>,
        account_scheme: u8,
        account_public_key_bytes: vector<u8>,
        recipient_address: address
    ) {
        let source_address = signer::address_of(account);
        ensure_resource_exists(source_address);
        verify_signed_message(
            source_address,
            account_scheme,
            account_public_key_bytes,
            rotation_capability_sig_bytes,
            RotationCapabilityOfferProofChallengeV2 {
                chain_id: chain_id::get(),
                sequence_number: get_sequence_number(source_address),
                source_address,
                recipient_address
            }
        );
        Account[source_address].rotation_capability_offer.for.swap_or_fill(recipient_address);
    }

    #[view]
    /// Whether the account lets someone change its key.
    public fun is_rotation_capability_offered(account_addr: address): bool {
        exists<Account>(account_addr) && Account[account_addr].rotation_capability_offer.for.is_some()
    }

    #[view]
    /// Who may change the account's key. Aborts if no one may.
    public fun get_rotation_capability_offer_for(account_addr: address): address {
        assert_resource_exists(account_addr, ENO_SIGNER_CAPABILITY_OFFERED);
        let offer = &Account[account_addr].rotation_capability_offer.for;
        assert!(offer.is_some(), error::not_found(ENO_SIGNER_CAPABILITY_OFFERED));
        *offer.borrow()
    }

    /// Takes back the offer to `to_be_revoked_address` to change the key. Aborts if there is none.
    public entry fun revoke_rotation_capability(account: &signer, to_be_revoked_address: address) {
        let addr = signer::address_of(account);
        assert_resource_exists(addr, ENO_SUCH_ROTATION_CAPABILITY_OFFER);
        assert!(
            Account[addr].rotation_capability_offer.for.contains(&to_be_revoked_address),
            error::not_found(ENO_SUCH_ROTATION_CAPABILITY_OFFER)
        );
        revoke_any_rotation_capability(account);
    }

    /// Takes back the offer to change the key. Aborts if there is none.
    public entry fun revoke_any_rotation_capability(account: &signer) {
        let addr = signer::address_of(account);
        assert_resource_exists(addr, ENO_SUCH_ROTATION_CAPABILITY_OFFER);
        Account[addr].rotation_capability_offer.for.extract();
    }

    /// Lets `recipient_address` sign for `account`, in place of an earlier recipient. The account's key signs a
    /// `SignerCapabilityOfferProofChallengeV2`.
    public entry fun offer_signer_capability(
        account: &signer,
        signer_capability_sig_bytes: vector<u8>,
        account_scheme: u8,
        account_public_key_bytes: vector<u8>,
        recipient_address: address
    ) {
        let source_address = signer::address_of(account);
        ensure_resource_exists(source_address);
        verify_signed_message(
            source_address,
            account_scheme,
            account_public_key_bytes,
            signer_capability_sig_bytes,
            SignerCapabilityOfferProofChallengeV2 {
                sequence_number: get_sequence_number(source_address),
                source_address,
                recipient_address
            }
        );
        Account[source_address].signer_capability_offer.for.swap_or_fill(recipient_address);
    }

    #[view]
    /// Whether the account lets someone sign for it.
    public fun is_signer_capability_offered(account_addr: address): bool {
        exists<Account>(account_addr) && Account[account_addr].signer_capability_offer.for.is_some()
    }

    #[view]
    /// Who may sign for the account. Aborts if no one may.
    public fun get_signer_capability_offer_for(account_addr: address): address {
        assert_resource_exists(account_addr, ENO_SIGNER_CAPABILITY_OFFERED);
        let offer = &Account[account_addr].signer_capability_offer.for;
        assert!(offer.is_some(), error::not_found(ENO_SIGNER_CAPABILITY_OFFERED));
        *offer.borrow()
    }

    /// Takes back the offer to `to_be_revoked_address` to sign. Aborts if there is none.
    public entry fun revoke_signer_capability(account: &signer, to_be_revoked_address: address) {
        let addr = signer::address_of(account);
        assert_resource_exists(addr, ENO_SUCH_SIGNER_CAPABILITY);
        assert!(
            Account[addr].signer_capability_offer.for.contains(&to_be_revoked_address),
            error::not_found(ENO_SUCH_SIGNER_CAPABILITY)
        );
        revoke_any_signer_capability(account);
    }

    /// Takes back the offer to sign. Aborts if there is none.
    public entry fun revoke_any_signer_capability(account: &signer) {
        let addr = signer::address_of(account);
        assert_resource_exists(addr, ENO_SUCH_SIGNER_CAPABILITY);
        Account[addr].signer_capability_offer.for.extract();
    }

    /// The signer of `offerer_address`, which has offered that to `account`.
    public fun create_authorized_signer(account: &signer, offerer_address: address): signer {
        assert_resource_exists(offerer_address, ENO_SUCH_SIGNER_CAPABILITY);
        assert!(
            Account[offerer_address].signer_capability_offer.for.contains(&signer::address_of(account)),
            error::not_found(ENO_SUCH_SIGNER_CAPABILITY)
        );
        create_signer(offerer_address)
    }

    // Resource accounts

    /// The address of the resource account that `source` makes with `seed`.
    public fun create_resource_address(source: &address, seed: vector<u8>): address {
        let bytes = bcs::to_bytes(source);
        bytes.append(seed);
        bytes.push_back(DERIVE_RESOURCE_ACCOUNT_SCHEME);
        from_bcs::to_address(hash::sha3_256(bytes))
    }

    /// Makes an account that has no key: whoever holds the capability signs for it. Aborts if `source` made one with
    /// this `seed` before, or if the address has sent transactions.
    public fun create_resource_account(source: &signer, seed: vector<u8>): (signer, SignerCapability) {
        let addr = create_resource_address(&signer::address_of(source), seed);
        if (exists<Account>(addr)) {
            let account = &Account[addr];
            assert!(
                account.signer_capability_offer.for.is_none(), error::already_exists(ERESOURCE_ACCCOUNT_EXISTS)
            );
            assert!(account.sequence_number == 0, error::invalid_state(EACCOUNT_ALREADY_USED));
        } else {
            create_account_unchecked(addr);
        };
        let account = &mut Account[addr];
        account.authentication_key = ZERO_AUTH_KEY;
        // An offer to itself is the mark of a resource account.
        account.signer_capability_offer.for = option::some(addr);
        (create_signer(addr), SignerCapability { account: addr })
    }

    /// The signer of a framework address and the capability for it, at genesis.
    public(package) fun create_framework_reserved_account(addr: address): (signer, SignerCapability) {
        assert!(
            system_addresses::is_framework_reserved_address(addr),
            error::permission_denied(ENO_VALID_FRAMEWORK_RESERVED_ADDRESS)
        );
        (create_account_unchecked(addr), SignerCapability { account: addr })
    }

    /// The signer that `capability` stands for.
    public fun create_signer_with_capability(capability: &SignerCapability): signer {
        create_signer(capability.account)
    }

    /// The account that `capability` stands for.
    public fun get_signer_capability_address(capability: &SignerCapability): address {
        capability.account
    }

    // Ids and streams

    /// A new GUID of the account.
    public fun create_guid(account_signer: &signer): GUID {
        let addr = signer::address_of(account_signer);
        ensure_resource_exists(addr);
        let account = &mut Account[addr];
        let guid = guid::create(addr, &mut account.guid_creation_num);
        assert!(
            account.guid_creation_num < MAX_GUID_CREATION_NUM,
            error::out_of_range(EEXCEEDED_MAX_GUID_CREATION_NUM)
        );
        guid
    }

    /// A new stream of events of the account.
    public fun new_event_handle<T: drop + store>(account: &signer): EventHandle<T> {
        event::new_event_handle(create_guid(account))
    }

    /// Tells that the account can hold `CoinType`.
    public(package) fun register_coin<CoinType>(account_addr: address) {
        let type_info = type_info::type_of<CoinType>();
        event::emit(CoinRegister { account: account_addr, type_info });
        if (exists<Account>(account_addr)) {
            event::emit_event(&mut Account[account_addr].coin_register_events, CoinRegisterEvent { type_info });
        }
    }

    // Proofs

    /// Aborts unless the key of `account` (Ed25519 or multi-Ed25519) signed `message`.
    public fun verify_signed_message<T: drop>(
        account: address,
        account_scheme: u8,
        account_public_key: vector<u8>,
        signed_message_bytes: vector<u8>,
        message: T
    ) {
        assert_ed25519_scheme(account_scheme);
        assert!(
            public_keys::authentication_key(account_scheme, account_public_key) == get_authentication_key(account),
            error::invalid_argument(EWRONG_CURRENT_PUBLIC_KEY)
        );
        assert_signed(account_scheme, account_public_key, signed_message_bytes, message);
    }

    /// Aborts unless the key signed `message`.
    fun assert_signed<T: drop>(scheme: u8, public_key: vector<u8>, signature: vector<u8>, message: T) {
        assert_ed25519_scheme(scheme);
        let valid =
            if (scheme == ED25519_SCHEME) {
                ed25519::signature_verify_strict_t(
                    &ed25519::new_signature_from_bytes(signature),
                    &ed25519::new_unvalidated_public_key_from_bytes(public_key),
                    message
                )
            } else {
                multi_ed25519::signature_verify_strict_t(
                    &multi_ed25519::new_signature_from_bytes(signature),
                    &multi_ed25519::new_unvalidated_public_key_from_bytes(public_key),
                    message
                )
            };
        assert!(valid, error::invalid_argument(EINVALID_PROOF_OF_KNOWLEDGE));
    }

    fun assert_ed25519_scheme(scheme: u8) {
        assert!(
            scheme == ED25519_SCHEME || scheme == MULTI_ED25519_SCHEME, error::invalid_argument(EINVALID_SCHEME)
        );
    }

    fun assert_resource_exists(addr: address, reason: u64) {
        assert!(exists<Account>(addr), error::not_found(reason));
    }

    #[test_only]
    /// An account with its resource, or the signer of one that exists.
    public fun create_account_for_test(new_address: address): signer {
        ensure_resource_exists(new_address);
        create_signer(new_address)
    }

    #[test_only]
    /// The signer of any address, whether there is an account or not.
    public fun create_signer_for_test(addr: address): signer {
        create_signer(addr)
    }

    #[test_only]
    /// The capability to sign for any account.
    public fun create_test_signer_cap(account: address): SignerCapability {
        SignerCapability { account }
    }

    #[test_only]
    /// An account at the address that an Ed25519 public key gives.
    public fun create_account_from_ed25519_public_key(pk_bytes: vector<u8>): signer {
        create_account(from_bcs::to_address(public_keys::authentication_key(ED25519_SCHEME, pk_bytes)))
    }

    #[test_only]
    /// Counts a transaction of `addr`.
    public fun increment_sequence_number_for_test(addr: address) {
        increment_sequence_number(addr);
    }

    #[test]
    #[expected_failure(abort_code = 0x20003, location = Self)]
    fun sequence_numbers_end() {
        create_account(@0x42);
        Account[@0x42].sequence_number = MAX_U64;
        increment_sequence_number(@0x42);
    }

    #[test(user = @0x42)]
    #[expected_failure(abort_code = 0x20014, location = Self)]
    fun ids_end(user: &signer) {
        create_account(@0x42);
        Account[@0x42].guid_creation_num = MAX_GUID_CREATION_NUM - 1;
        create_guid(user);
    }

    #[test(user = @0x42)]
    fun coins_are_announced(user: &signer) {
        register_coin<KeyRotation>(@0x42);
        let announced = CoinRegister { account: @0x42, type_info: type_info::type_of<KeyRotation>() };
        assert!(event::was_event_emitted(&announced), 0);
        create_account(signer::address_of(user));
        register_coin<KeyRotation>(@0x42);
        assert!(Account[@0x42].coin_register_events.counter() == 1, 0);
    }

    // Rotation

    #[test_only]
    /// A new Ed25519 key: the secret and the public bytes.
    fun new_key(): (ed25519::SecretKey, vector<u8>) {
        let (secret, public_key) = ed25519::generate_keys();
        (secret, ed25519::validated_public_key_to_bytes(&public_key))
    }

    #[test_only]
    fun sign<T: drop>(secret: &ed25519::SecretKey, message: T): vector<u8> {
        ed25519::signature_to_bytes(&ed25519::sign_struct(secret, message))
    }

    #[test_only]
    fun rotation_challenge(addr: address, new_public_key: vector<u8>): RotationProofChallenge {
        RotationProofChallenge {
            sequence_number: get_sequence_number(addr),
            originator: addr,
            current_auth_key: from_bcs::to_address(get_authentication_key(addr)),
            new_public_key
        }
    }

    #[test(user = @0x42)]
    fun a_call_changes_the_key_alone(user: &signer) {
        initialize(&create_signer(@aptos_framework));
        let key = x"00000000000000000000000000000000000000000000000000000000000000aa";
        rotate_authentication_key_call(user, key);
        assert!(get_authentication_key(@0x42) == key, 0);
        assert!(originating_address(@0xaa).is_none(), 0);
        set_originating_address(user);
        set_originating_address(user);
        assert!(originating_address(@0xaa) == option::some(@0x42), 0);
    }

    #[test(user = @0x42, thief = @0x43)]
    #[expected_failure(abort_code = 0x10015, location = Self)]
    fun a_recorded_key_stays_with_its_account(user: &signer, thief: &signer) {
        initialize(&create_signer(@aptos_framework));
        rotate_authentication_key_call(user, bcs::to_bytes(&@0xaa));
        rotate_authentication_key_call(thief, bcs::to_bytes(&@0xaa));
        set_originating_address(user);
        set_originating_address(thief);
    }

    #[test(user = @0x42)]
    #[expected_failure(abort_code = 0x10004, location = Self)]
    fun a_key_has_32_bytes(user: &signer) {
        rotate_authentication_key_call(user, x"aa");
    }

    #[test(user = @0x42)]
    fun a_public_key_gives_the_key(user: &signer) {
        let (_, public_key) = new_key();
        rotate_authentication_key_from_public_key(user, ED25519_SCHEME, public_key);
        let new_auth_key = public_keys::authentication_key(ED25519_SCHEME, public_key);
        assert!(get_authentication_key(@0x42) == new_auth_key, 0);
        assert!(event::emitted_events<KeyRotationToPublicKey>()[0].new_auth_key == new_auth_key, 0);
    }

    #[test]
    fun both_keys_prove_a_rotation() {
        initialize(&create_signer(@aptos_framework));
        let (old_secret, old_public) = new_key();
        let (new_secret, new_public) = new_key();
        let user = create_account_from_ed25519_public_key(old_public);
        let addr = signer::address_of(&user);
        let challenge = rotation_challenge(addr, new_public);
        rotate_authentication_key(
            &user, 0, old_public, 0, new_public, sign(&old_secret, challenge), sign(&new_secret, challenge)
        );
        let key = public_keys::authentication_key(ED25519_SCHEME, new_public);
        assert!(get_authentication_key(addr) == key, 0);
        assert!(originating_address(from_bcs::to_address(key)) == option::some(addr), 0);
        assert!(event::emitted_events<KeyRotation>().length() == 1, 0);

        // And back, which leaves no entry of the key in between.
        let challenge = rotation_challenge(addr, old_public);
        rotate_authentication_key(
            &user, 0, new_public, 0, old_public, sign(&new_secret, challenge), sign(&old_secret, challenge)
        );
        assert!(originating_address(from_bcs::to_address(key)).is_none(), 0);
        assert!(originating_address(addr) == option::some(addr), 0);
    }

    #[test]
    fun to_several_keys() {
        initialize(&create_signer(@aptos_framework));
        let (old_secret, old_public) = new_key();
        let (new_secret, multi_key) = multi_ed25519::generate_keys(2, 3);
        let new_public = multi_ed25519::validated_public_key_to_bytes(&multi_key);
        let user = create_account_from_ed25519_public_key(old_public);
        let addr = signer::address_of(&user);
        let challenge = rotation_challenge(addr, new_public);
        let new_signature = multi_ed25519::signature_to_bytes(&multi_ed25519::sign_struct(&new_secret, challenge));
        rotate_authentication_key(&user, 0, old_public, 1, new_public, sign(&old_secret, challenge), new_signature);
        assert!(
            get_authentication_key(addr) == public_keys::authentication_key(MULTI_ED25519_SCHEME, new_public), 0
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x40007, location = Self)]
    fun rotation_needs_the_current_key() {
        let (secret, public_key) = new_key();
        let user = create_account(@0x42);
        let signature = sign(&secret, rotation_challenge(@0x42, public_key));
        rotate_authentication_key(&user, 0, public_key, 0, public_key, signature, signature);
    }

    #[test]
    #[expected_failure(abort_code = 0x10008, location = Self)]
    fun rotation_needs_the_new_key_s_signature() {
        let (old_secret, old_public) = new_key();
        let (_, new_public) = new_key();
        let user = create_account_from_ed25519_public_key(old_public);
        let signature = sign(&old_secret, rotation_challenge(signer::address_of(&user), new_public));
        rotate_authentication_key(&user, 0, old_public, 0, new_public, signature, signature);
    }

    #[test]
    #[expected_failure(abort_code = 0x10016, location = Self)]
    fun rotation_needs_another_key() {
        let (secret, public_key) = new_key();
        let user = create_account_from_ed25519_public_key(public_key);
        let signature = sign(&secret, rotation_challenge(signer::address_of(&user), public_key));
        rotate_authentication_key(&user, 0, public_key, 0, public_key, signature, signature);
    }

    #[test]
    #[expected_failure(abort_code = 0x10015, location = Self)]
    fun a_key_has_one_account() {
        initialize(&create_signer(@aptos_framework));
        let (new_secret, new_public) = new_key();
        for (i in 0..2) {
            let (old_secret, old_public) = new_key();
            let user = create_account_from_ed25519_public_key(old_public);
            let challenge = rotation_challenge(signer::address_of(&user), new_public);
            rotate_authentication_key(
                &user, 0, old_public, 0, new_public, sign(&old_secret, challenge), sign(&new_secret, challenge)
            );
        }
    }

    #[test]
    #[expected_failure(abort_code = 0x6000d, location = Self)]
    fun a_key_of_another_account_does_not_rotate() {
        initialize(&create_signer(@aptos_framework));
        let (old_secret, old_public) = new_key();
        let (new_secret, new_public) = new_key();
        let user = create_account_from_ed25519_public_key(old_public);
        let challenge = rotation_challenge(signer::address_of(&user), new_public);
        rotate_authentication_key(
            &user, 0, old_public, 0, new_public, sign(&old_secret, challenge), sign(&new_secret, challenge)
        );
        let other = create_account(@0x42);
        rotate_authentication_key_from_public_key(&other, ED25519_SCHEME, new_public);
        let challenge = rotation_challenge(@0x42, old_public);
        rotate_authentication_key(
            &other, 0, new_public, 0, old_public, sign(&new_secret, challenge), sign(&old_secret, challenge)
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x1000c, location = Self)]
    fun rotation_knows_two_schemes() {
        let user = create_account(@0x42);
        rotate_authentication_key(&user, 2, x"", 0, x"", x"", x"");
    }

    // Offers

    #[test_only]
    fun offer_to_sign(recipient_address: address): signer {
        let (secret, public_key) = new_key();
        let user = create_account_from_ed25519_public_key(public_key);
        let source_address = signer::address_of(&user);
        let proof = SignerCapabilityOfferProofChallengeV2 {
            sequence_number: 0,
            source_address,
            recipient_address
        };
        offer_signer_capability(&user, sign(&secret, proof), ED25519_SCHEME, public_key, recipient_address);
        user
    }

    #[test_only]
    fun offer_to_rotate(recipient_address: address): signer {
        chain_id::initialize_for_test(&create_signer(@aptos_framework), 4);
        let (secret, public_key) = new_key();
        let user = create_account_from_ed25519_public_key(public_key);
        let source_address = signer::address_of(&user);
        let proof = RotationCapabilityOfferProofChallengeV2 {
            chain_id: 4,
            sequence_number: 0,
            source_address,
            recipient_address
        };
        offer_rotation_capability(&user, sign(&secret, proof), ED25519_SCHEME, public_key, recipient_address);
        user
    }

    #[test(friend_of_it = @0x99)]
    fun an_offered_signer_can_be_made(friend_of_it: &signer) {
        let user = offer_to_sign(@0x99);
        let addr = signer::address_of(&user);
        assert!(is_signer_capability_offered(addr) && get_signer_capability_offer_for(addr) == @0x99, 0);
        assert!(signer::address_of(&create_authorized_signer(friend_of_it, addr)) == addr, 0);
        revoke_signer_capability(&user, @0x99);
        assert!(!is_signer_capability_offered(addr), 0);
    }

    #[test(stranger = @0x98)]
    #[expected_failure(abort_code = 0x6000e, location = Self)]
    fun others_cannot_make_it(stranger: &signer) {
        let user = offer_to_sign(@0x99);
        create_authorized_signer(stranger, signer::address_of(&user));
    }

    #[test(stranger = @0x98)]
    #[expected_failure(abort_code = 0x6000e, location = Self)]
    fun no_offer_no_signer(stranger: &signer) {
        create_authorized_signer(stranger, @0x42);
    }

    #[test]
    #[expected_failure(abort_code = 0x6000e, location = Self)]
    fun an_offer_to_another_is_not_revoked() {
        let user = offer_to_sign(@0x99);
        revoke_signer_capability(&user, @0x98);
    }

    #[test(user = @0x42)]
    #[expected_failure(abort_code = 0x6000e, location = Self)]
    fun no_offer_to_sign_no_revocation(user: &signer) {
        revoke_any_signer_capability(user);
    }

    #[test]
    #[expected_failure(abort_code = 0x60013, location = Self)]
    fun no_offer_no_recipient() {
        create_account(@0x42);
        get_signer_capability_offer_for(@0x42);
    }

    #[test]
    #[expected_failure(abort_code = 0x10007, location = Self)]
    fun an_offer_needs_the_current_key() {
        let (_, public_key) = new_key();
        offer_signer_capability(&create_account(@0x42), x"", ED25519_SCHEME, public_key, @0x99);
    }

    #[test]
    #[expected_failure(abort_code = 0x10008, location = Self)]
    fun an_offer_needs_a_proof() {
        let (secret, public_key) = new_key();
        let user = create_account_from_ed25519_public_key(public_key);
        let wrong = SignerCapabilityOfferProofChallengeV2 {
            sequence_number: 1,
            source_address: signer::address_of(&user),
            recipient_address: @0x99
        };
        offer_signer_capability(&user, sign(&secret, wrong), ED25519_SCHEME, public_key, @0x99);
    }

    #[test(delegate = @0x99)]
    fun a_delegate_rotates(delegate: &signer) {
        initialize(&create_signer(@aptos_framework));
        let user = offer_to_rotate(@0x99);
        let addr = signer::address_of(&user);
        assert!(is_rotation_capability_offered(addr) && get_rotation_capability_offer_for(addr) == @0x99, 0);
        let (new_secret, new_public) = new_key();
        let challenge = rotation_challenge(addr, new_public);
        rotate_authentication_key_with_rotation_capability(
            delegate, addr, ED25519_SCHEME, new_public, sign(&new_secret, challenge)
        );
        assert!(get_authentication_key(addr) == public_keys::authentication_key(ED25519_SCHEME, new_public), 0);
        revoke_rotation_capability(&user, @0x99);
        assert!(!is_rotation_capability_offered(addr), 0);
    }

    #[test(stranger = @0x98)]
    #[expected_failure(abort_code = 0x60012, location = Self)]
    fun others_do_not_rotate(stranger: &signer) {
        let user = offer_to_rotate(@0x99);
        rotate_authentication_key_with_rotation_capability(stranger, signer::address_of(&user), 0, x"", x"");
    }

    #[test]
    #[expected_failure(abort_code = 0x60012, location = Self)]
    fun an_offer_to_rotate_to_another_is_not_revoked() {
        let user = offer_to_rotate(@0x99);
        revoke_rotation_capability(&user, @0x98);
    }

    #[test(user = @0x42)]
    #[expected_failure(abort_code = 0x60012, location = Self)]
    fun no_offer_to_rotate_no_revocation(user: &signer) {
        revoke_any_rotation_capability(user);
    }

    #[test]
    #[expected_failure(abort_code = 0x60013, location = Self)]
    fun no_offer_to_rotate_no_recipient() {
        get_rotation_capability_offer_for(@0x42);
    }
}
