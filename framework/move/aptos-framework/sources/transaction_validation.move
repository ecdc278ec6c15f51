/// What the VM checks before a transaction runs and settles after it ran: expiry, chain, keys, replay, the deposit for
/// gas; then the fee and the sequence number. A prologue that aborts rejects the transaction; the codes below are known
/// to the VM, which makes statuses of them. Scripts, entry functions and multisig payloads are treated alike.
module aptos_framework::transaction_validation {
    use std::error;
    use std::option::Option;
    use std::signer;
    use aptos_framework::account;
    use aptos_framework::aptos_account;
    use aptos_framework::chain_id;
    use aptos_framework::nonce_validation;
    use aptos_framework::timestamp;
    use aptos_framework::transaction_fee;

    /// Transaction used more gas than its limit, or more than can be paid
    const EOUT_OF_GAS: u64 = 6;
    /// The key that signed is not the account's
    const PROLOGUE_EINVALID_ACCOUNT_AUTH_KEY: u64 = 1001;
    /// The sequence number has been used
    const PROLOGUE_ESEQUENCE_NUMBER_TOO_OLD: u64 = 1002;
    /// Transactions before this one are missing
    const PROLOGUE_ESEQUENCE_NUMBER_TOO_NEW: u64 = 1003;
    /// The payer has not enough for the most gas that the transaction may use
    const PROLOGUE_ECANT_PAY_GAS_DEPOSIT: u64 = 1005;
    /// The transaction has expired
    const PROLOGUE_ETRANSACTION_EXPIRED: u64 = 1006;
    /// The transaction is for another chain
    const PROLOGUE_EBAD_CHAIN_ID: u64 = 1007;
    /// The sequence number is out of range
    const PROLOGUE_ESEQUENCE_NUMBER_TOO_BIG: u64 = 1008;
    /// There is not one key for each further signer
    const PROLOGUE_ESECONDARY_KEYS_ADDRESSES_COUNT_MISMATCH: u64 = 1009;
    /// The sender has used the nonce
    const PROLOGUE_ENONCE_ALREADY_USED: u64 = 1012;
    /// An orderless transaction must expire soon
    const PROLOGUE_ETRANSACTION_EXPIRATION_TOO_FAR_IN_FUTURE: u64 = 1013;

    /// The first sequence number that is out of range.
    const SEQUENCE_NUMBER_LIMIT: u64 = 1 << 63;
    const MAX_EXPIRATION_TIME_SECONDS_FOR_ORDERLESS_TXNS: u64 = 65;
    const MAX_U64: u128 = 18446744073709551615;

    /// What keeps a transaction from running twice.
    enum ReplayProtector {
        /// Of an orderless transaction.
        Nonce(u64),
        SequenceNumber(u64)
    }

    /// Checks a transaction whose sender pays. `txn_sender_public_key` is the sender's authentication key as the VM
    /// derived it from the signature; none only in a simulation. The further signers' likewise.
    fun unified_prologue_v2(
        sender: signer,
        txn_sender_public_key: Option<vector<u8>>,
        replay_protector: ReplayProtector,
        secondary_signer_addresses: vector<address>,
        secondary_signer_public_key_hashes: vector<Option<vector<u8>>>,
        txn_gas_price: u64,
        txn_max_gas_units: u64,
        txn_expiration_time: u64,
        chain_id: u8,
        is_simulation: bool
    ) {
        let sender_address = signer::address_of(&sender);
        check_transaction(txn_expiration_time, chain_id);
        check_key(sender_address, &txn_sender_public_key, is_simulation);
        check_replay(sender_address, replay_protector, txn_expiration_time);
        check_deposit(sender_address, txn_gas_price, txn_max_gas_units, is_simulation);
        check_secondary_signers(&secondary_signer_addresses, &secondary_signer_public_key_hashes, is_simulation);
    }

    /// Checks a transaction for which `fee_payer` pays.
    fun unified_prologue_fee_payer_v2(
        sender: signer,
        fee_payer: signer,
        txn_sender_public_key: Option<vector<u8>>,
        fee_payer_public_key_hash: Option<vector<u8>>,
        replay_protector: ReplayProtector,
        secondary_signer_addresses: vector<address>,
        secondary_signer_public_key_hashes: vector<Option<vector<u8>>>,
        txn_gas_price: u64,
        txn_max_gas_units: u64,
        txn_expiration_time: u64,
        chain_id: u8,
        is_simulation: bool
    ) {
        let sender_address = signer::address_of(&sender);
        let payer_address = signer::address_of(&fee_payer);
        check_transaction(txn_expiration_time, chain_id);
        check_key(sender_address, &txn_sender_public_key, is_simulation);
        check_replay(sender_address, replay_protector, txn_expiration_time);
        check_deposit(payer_address, txn_gas_price, txn_max_gas_units, is_simulation);
        check_secondary_signers(&secondary_signer_addresses, &secondary_signer_public_key_hashes, is_simulation);
        check_key(payer_address, &fee_payer_public_key_hash, is_simulation);
    }

    /// Settles a transaction, whether it succeeded or aborted: `gas_payer` pays for the gas used, less the refund, and
    /// a sequence number is counted unless the transaction is orderless.
    fun unified_epilogue_v2(
        account: signer,
        gas_payer: signer,
        storage_fee_refunded: u64,
        txn_gas_price: u64,
        txn_max_gas_units: u64,
        gas_units_remaining: u64,
        is_simulation: bool,
        is_orderless_txn: bool
    ) {
        assert!(txn_max_gas_units >= gas_units_remaining, error::invalid_argument(EOUT_OF_GAS));
        let gas_used = txn_max_gas_units - gas_units_remaining;
        let fee = (txn_gas_price as u128) * (gas_used as u128);
        assert!(fee <= MAX_U64, error::out_of_range(EOUT_OF_GAS));
        let fee = fee as u64;

        let payer = signer::address_of(&gas_payer);
        if (!is_unpaid(payer, is_simulation)) {
            assert!(
                aptos_account::is_fungible_balance_at_least(payer, fee),
                error::out_of_range(PROLOGUE_ECANT_PAY_GAS_DEPOSIT)
            );
            if (fee > storage_fee_refunded) {
                transaction_fee::burn_fee(payer, fee - storage_fee_refunded);
            } else if (fee < storage_fee_refunded) {
                transaction_fee::mint_and_refund(payer, storage_fee_refunded - fee);
            }
        };
        if (!is_orderless_txn) {
            account::increment_sequence_number(signer::address_of(&account));
        }
    }

    fun check_transaction(expiration_time: u64, chain_id: u8) {
        assert!(
            timestamp::now_seconds() < expiration_time, error::invalid_argument(PROLOGUE_ETRANSACTION_EXPIRED)
        );
        assert!(chain_id::get() == chain_id, error::invalid_argument(PROLOGUE_EBAD_CHAIN_ID));
    }

    fun check_key(addr: address, key: &Option<vector<u8>>, is_simulation: bool) {
        // A simulation may leave keys out.
        if (is_simulation && (key.is_none() || key.borrow().is_empty())) return;
        assert!(
            key.is_some() && key.borrow() == &account::get_authentication_key(addr),
            error::invalid_argument(PROLOGUE_EINVALID_ACCOUNT_AUTH_KEY)
        );
    }

    fun check_secondary_signers(
        addresses: &vector<address>, keys: &vector<Option<vector<u8>>>, is_simulation: bool
    ) {
        assert!(
            addresses.length() == keys.length(),
            error::invalid_argument(PROLOGUE_ESECONDARY_KEYS_ADDRESSES_COUNT_MISMATCH)
        );
        for (i in 0..addresses.length()) {
            check_key(addresses[i], &keys[i], is_simulation);
        }
    }

    fun check_replay(sender: address, protector: ReplayProtector, expiration_time: u64) {
        match (protector) {
            SequenceNumber(number) => {
                assert!(number < SEQUENCE_NUMBER_LIMIT, error::out_of_range(PROLOGUE_ESEQUENCE_NUMBER_TOO_BIG));
                let next = account::get_sequence_number(sender);
                assert!(number >= next, error::invalid_argument(PROLOGUE_ESEQUENCE_NUMBER_TOO_OLD));
                assert!(number == next, error::invalid_argument(PROLOGUE_ESEQUENCE_NUMBER_TOO_NEW));
            }
            Nonce(nonce) => {
                assert!(
                    expiration_time <= timestamp::now_seconds() + MAX_EXPIRATION_TIME_SECONDS_FOR_ORDERLESS_TXNS,
                    error::invalid_argument(PROLOGUE_ETRANSACTION_EXPIRATION_TOO_FAR_IN_FUTURE)
                );
                assert!(
                    nonce_validation::check_and_insert_nonce(sender, nonce, expiration_time),
                    error::invalid_argument(PROLOGUE_ENONCE_ALREADY_USED)
                );
            }
        }
    }

    fun check_deposit(payer: address, gas_price: u64, max_gas_units: u64, is_simulation: bool) {
        if (is_unpaid(payer, is_simulation)) return;
        let deposit = (gas_price as u128) * (max_gas_units as u128);
        assert!(
            deposit <= MAX_U64 && aptos_account::is_fungible_balance_at_least(payer, deposit as u64),
            error::invalid_argument(PROLOGUE_ECANT_PAY_GAS_DEPOSIT)
        );
    }

    /// A simulation may name `0x0` as payer, to learn the gas before there is one.
    fun is_unpaid(payer: address, is_simulation: bool): bool {
        is_simulation && payer == @0x0
    }

    #[test_only]
    use std::bcs;
    #[test_only]
    use std::option;
    #[test_only]
    use aptos_framework::create_signer::create_signer;
    #[test_only]
    use aptos_framework::native_coin;

    #[test_only]
    /// Chain 4 at second 1000, and a sender `0x42` with 1000 octas.
    fun set_up() {
        let framework = &create_signer(@aptos_framework);
        chain_id::initialize_for_test(framework, 4);
        timestamp::set_time_has_started_for_testing(framework);
        timestamp::update_global_time_for_test_secs(1000);
        nonce_validation::initialize(framework);
        native_coin::set_balance(@0x42, 1000);
    }

    #[test_only]
    fun key_of(addr: address): Option<vector<u8>> {
        option::some(bcs::to_bytes(&addr))
    }

    #[test_only]
    /// A transaction of `0x42` with `max_gas` at 10 octas.
    fun check(protector: ReplayProtector, max_gas: u64, expiration: u64, chain: u8) {
        unified_prologue_v2(
            create_signer(@0x42), key_of(@0x42), protector, vector[], vector[], 10, max_gas, expiration, chain, false
        );
    }

    #[test_only]
    fun check_with_second(addresses: vector<address>, keys: vector<Option<vector<u8>>>) {
        let protector = ReplayProtector::SequenceNumber(0);
        unified_prologue_v2(
            create_signer(@0x42), key_of(@0x42), protector, addresses, keys, 10, 100, 1001, 4, false
        );
    }

    #[test_only]
    fun check_for_payer(payer: address, key: Option<vector<u8>>, is_simulation: bool) {
        unified_prologue_fee_payer_v2(
            create_signer(@0x43),
            create_signer(payer),
            key_of(@0x43),
            key,
            ReplayProtector::SequenceNumber(0),
            vector[],
            vector[],
            10,
            100,
            1001,
            4,
            is_simulation
        );
    }

    #[test_only]
    /// The end of a transaction of `0x42` that used `used` of 100 units at 10 octas.
    fun settle(refund: u64, used: u64, is_orderless: bool) {
        unified_epilogue_v2(
            create_signer(@0x42), create_signer(@0x42), refund, 10, 100, 100 - used, false, is_orderless
        );
    }

    #[test]
    fun a_transaction_runs_and_pays() {
        set_up();
        check(ReplayProtector::SequenceNumber(0), 100, 1001, 4);
        settle(0, 30, false);
        assert!(native_coin::balance(@0x42) == 700, 0);
        assert!(account::get_sequence_number(@0x42) == 1, 0);
        check(ReplayProtector::SequenceNumber(1), 70, 1001, 4);
    }

    #[test]
    fun an_orderless_transaction_leaves_the_sequence_number() {
        set_up();
        check(ReplayProtector::Nonce(77), 100, 1065, 4);
        check(ReplayProtector::Nonce(78), 100, 1065, 4);
        settle(0, 1, true);
        assert!(account::get_sequence_number(@0x42) == 0, 0);
    }

    #[test]
    fun a_refund_lowers_the_fee() {
        set_up();
        settle(100, 30, false);
        assert!(native_coin::balance(@0x42) == 800, 0);
        settle(400, 30, false);
        assert!(native_coin::balance(@0x42) == 900, 0);
        settle(300, 30, false);
        assert!(native_coin::balance(@0x42) == 900, 0);
    }

    #[test]
    fun another_can_pay() {
        set_up();
        check_for_payer(@0x42, key_of(@0x42), false);
        unified_epilogue_v2(create_signer(@0x43), create_signer(@0x42), 0, 10, 100, 0, false, false);
        assert!(native_coin::balance(@0x42) == 0, 0);
        assert!(account::get_sequence_number(@0x43) == 1 && account::get_sequence_number(@0x42) == 0, 0);
    }

    #[test]
    fun a_simulation_needs_neither_keys_nor_payer() {
        set_up();
        check_for_payer(@0x0, option::none(), true);
        unified_epilogue_v2(create_signer(@0x43), create_signer(@0x0), 0, 10, 100, 0, true, false);
    }

    #[test]
    fun several_can_sign() {
        set_up();
        check_with_second(vector[@0x50, @0x51], vector[key_of(@0x50), key_of(@0x51)]);
    }

    #[test]
    #[expected_failure(abort_code = 0x103e9, location = Self)]
    fun the_key_must_be_the_sender_s() {
        set_up();
        let protector = ReplayProtector::SequenceNumber(0);
        unified_prologue_v2(
            create_signer(@0x42), key_of(@0x43), protector, vector[], vector[], 10, 100, 1001, 4, false
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x103e9, location = Self)]
    fun a_key_is_needed() {
        set_up();
        check_for_payer(@0x42, option::none(), false);
    }

    #[test]
    #[expected_failure(abort_code = 0x103e9, location = Self)]
    fun a_wrong_key_fails_in_a_simulation_too() {
        set_up();
        check_for_payer(@0x42, key_of(@0x43), true);
    }

    #[test]
    #[expected_failure(abort_code = 0x103e9, location = Self)]
    fun a_further_signer_s_key_must_be_theirs() {
        set_up();
        check_with_second(vector[@0x50], vector[key_of(@0x51)]);
    }

    #[test]
    #[expected_failure(abort_code = 0x103ea, location = Self)]
    fun a_used_sequence_number_is_too_old() {
        set_up();
        settle(0, 0, false);
        check(ReplayProtector::SequenceNumber(0), 100, 1001, 4);
    }

    #[test]
    #[expected_failure(abort_code = 0x103eb, location = Self)]
    fun a_gap_is_too_new() {
        set_up();
        check(ReplayProtector::SequenceNumber(1), 100, 1001, 4);
    }

    #[test]
    #[expected_failure(abort_code = 0x103ed, location = Self)]
    fun the_deposit_must_be_there() {
        set_up();
        check(ReplayProtector::SequenceNumber(0), 101, 1001, 4);
    }

    #[test]
    #[expected_failure(abort_code = 0x103ed, location = Self)]
    fun a_deposit_that_overflows_is_not_there() {
        set_up();
        check(ReplayProtector::SequenceNumber(0), 18446744073709551615, 1001, 4);
    }

    #[test]
    #[expected_failure(abort_code = 0x103ee, location = Self)]
    fun expiry_is_exclusive() {
        set_up();
        check(ReplayProtector::SequenceNumber(0), 100, 1000, 4);
    }

    #[test]
    #[expected_failure(abort_code = 0x103ef, location = Self)]
    fun the_chain_must_be_this_one() {
        set_up();
        check(ReplayProtector::SequenceNumber(0), 100, 1001, 5);
    }

    #[test]
    #[expected_failure(abort_code = 0x203f0, location = Self)]
    fun sequence_numbers_have_63_bits() {
        set_up();
        check(ReplayProtector::SequenceNumber(1 << 63), 100, 1001, 4);
    }

    #[test]
    #[expected_failure(abort_code = 0x103f1, location = Self)]
    fun each_signer_has_a_key() {
        set_up();
        check_with_second(vector[@0x50], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x103f4, location = Self)]
    fun a_nonce_is_used_once() {
        set_up();
        check(ReplayProtector::Nonce(77), 100, 1060, 4);
        check(ReplayProtector::Nonce(77), 100, 1061, 4);
    }

    #[test]
    #[expected_failure(abort_code = 0x103f5, location = Self)]
    fun an_orderless_transaction_expires_soon() {
        set_up();
        check(ReplayProtector::Nonce(77), 100, 1066, 4);
    }

    #[test]
    #[expected_failure(abort_code = 0x10006, location = Self)]
    fun no_more_gas_remains_than_there_was() {
        set_up();
        unified_epilogue_v2(create_signer(@0x42), create_signer(@0x42), 0, 10, 100, 101, false, false);
    }

    #[test]
    #[expected_failure(abort_code = 0x20006, location = Self)]
    fun a_fee_fits_64_bits() {
        set_up();
        unified_epilogue_v2(
            create_signer(@0x42), create_signer(@0x42), 0, 18446744073709551615, 100, 0, false, false
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x203ed, location = Self)]
    fun the_fee_must_still_be_there() {
        set_up();
        native_coin::set_balance(@0x42, 299);
        settle(0, 30, false);
    }
}
