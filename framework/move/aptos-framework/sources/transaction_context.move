/// What a transaction can know about itself: hash, signers, gas, payload, and ids that are unique across the chain.
module aptos_framework::transaction_context {
    use std::option::Option;
    use std::string::String;
    use aptos_framework::timestamp;

    /// Transaction context is only available in the user transaction prologue, execution, or epilogue phases.
    const ETRANSACTION_CONTEXT_NOT_AVAILABLE: u64 = 1;

    /// An address that no one had before and no one will have again.
    struct AUID has drop, store {
        unique_address: address
    }

    /// The entry function that a transaction calls.
    struct EntryFunctionPayload has copy, drop {
        account_address: address,
        module_name: String,
        function_name: String,
        ty_args_names: vector<String>,
        args: vector<vector<u8>>
    }

    /// The multisig account that a transaction acts for, and what it calls, if the transaction says that itself.
    struct MultisigPayload has copy, drop {
        multisig_address: address,
        entry_function_payload: Option<EntryFunctionPayload>
    }

    /// The hash of the transaction, 32 bytes.
    public fun get_transaction_hash(): vector<u8> {
        get_txn_hash()
    }

    /// A new address that is unique: derived from the transaction's hash and a counter.
    public fun generate_auid_address(): address {
        generate_unique_address()
    }

    /// The SHA3-256 hash of the script that runs; empty if the transaction is not a script.
    public native fun get_script_hash(): vector<u8>;

    /// A new unique id.
    public fun generate_auid(): AUID {
        AUID { unique_address: generate_unique_address() }
    }

    /// The address that `auid` wraps.
    public fun auid_address(auid: &AUID): address {
        auid.unique_address
    }

    /// The account that sent the transaction.
    public fun sender(): address {
        sender_internal()
    }

    /// The other accounts that signed a multi-agent transaction, in order.
    public fun secondary_signers(): vector<address> {
        secondary_signers_internal()
    }

    /// The account that pays for gas: the fee payer if there is one, else the sender.
    public fun gas_payer(): address {
        gas_payer_internal()
    }

    /// The most units of gas that the transaction may use.
    public fun max_gas_amount(): u64 {
        max_gas_amount_internal()
    }

    /// The price of a unit of gas in octas.
    public fun gas_unit_price(): u64 {
        gas_unit_price_internal()
    }

    /// The chain id that the transaction was signed for.
    public fun chain_id(): u8 {
        chain_id_internal()
    }

    /// The entry function that the transaction calls; none if it is a script or acts for a multisig account.
    public fun entry_function_payload(): Option<EntryFunctionPayload> {
        entry_function_payload_internal()
    }

    /// The address of the module that `payload` calls.
    public fun account_address(payload: &EntryFunctionPayload): address {
        payload.account_address
    }

    /// The name of the module that `payload` calls.
    public fun module_name(payload: &EntryFunctionPayload): String {
        payload.module_name
    }

    /// The name of the function that `payload` calls.
    public fun function_name(payload: &EntryFunctionPayload): String {
        payload.function_name
    }

    /// The canonical names of the type arguments of `payload`.
    public fun type_arg_names(payload: &EntryFunctionPayload): vector<String> {
        payload.ty_args_names
    }

    /// The BCS of each argument of `payload`, without signers.
    public fun args(payload: &EntryFunctionPayload): vector<vector<u8>> {
        payload.args
    }

    /// What the transaction does for a multisig account; none if it is of another kind.
    public fun multisig_payload(): Option<MultisigPayload> {
        multisig_payload_internal()
    }

    /// The multisig account of `payload`.
    public fun multisig_address(payload: &MultisigPayload): address {
        payload.multisig_address
    }

    /// The entry function in `payload`; none if it is stored on chain.
    public fun inner_entry_function_payload(payload: &MultisigPayload): Option<EntryFunctionPayload> {
        payload.entry_function_payload
    }

    /// A number greater than each that an earlier call got, in this or another transaction: the time of the block, the
    /// transaction's place in it, and the call's place in the transaction.
    public fun monotonically_increasing_counter(): u128 {
        monotonically_increasing_counter_internal(timestamp::now_microseconds())
    }

    native fun get_txn_hash(): vector<u8>;

    native fun generate_unique_address(): address;

    native fun sender_internal(): address;

    native fun secondary_signers_internal(): vector<address>;

    native fun gas_payer_internal(): address;

    native fun max_gas_amount_internal(): u64;

    native fun gas_unit_price_internal(): u64;

    native fun chain_id_internal(): u8;

    native fun entry_function_payload_internal(): Option<EntryFunctionPayload>;

    native fun multisig_payload_internal(): Option<MultisigPayload>;

    native fun monotonically_increasing_counter_internal(timestamp_us: u64): u128;

    #[test_only]
    /// An entry function payload for tests.
    public fun new_entry_function_payload(
        account_address: address,
        module_name: String,
        function_name: String,
        ty_args_names: vector<String>,
        args: vector<vector<u8>>
    ): EntryFunctionPayload {
        EntryFunctionPayload { account_address, module_name, function_name, ty_args_names, args }
    }

    #[test]
    fun ids_are_unique() {
        let seen = vector[];
        for (i in 0..20) {
            let id = generate_auid_address();
            assert!(!seen.contains(&id), i);
            seen.push_back(id);
        };
        assert!(!seen.contains(&auid_address(&generate_auid())), 0);
    }

    #[test]
    fun the_hash_stays_the_same() {
        assert!(get_transaction_hash().length() == 32, 0);
        assert!(get_transaction_hash() == get_transaction_hash(), 0);
        assert!(get_script_hash().is_empty(), 0);
    }

    #[test(framework = @aptos_framework)]
    fun the_counter_goes_up(framework: &signer) {
        timestamp::set_time_has_started_for_testing(framework);
        let first = monotonically_increasing_counter();
        let second = monotonically_increasing_counter();
        assert!(first < second, 0);
        timestamp::update_global_time_for_test(1);
        assert!(second < monotonically_increasing_counter(), 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = Self)]
    fun a_test_has_no_multisig_payload() {
        multisig_payload();
    }

    #[test]
    fun payloads_show_their_parts() {
        let call = new_entry_function_payload(
            @0x42,
            std::string::utf8(b"shop"),
            std::string::utf8(b"buy"),
            vector[std::string::utf8(b"u64")],
            vector[x"01"]
        );
        let multisig = MultisigPayload { multisig_address: @0x99, entry_function_payload: std::option::some(call) };
        assert!(multisig_address(&multisig) == @0x99, 0);
        let inner = inner_entry_function_payload(&multisig).destroy_some();
        assert!(account_address(&inner) == @0x42, 0);
        assert!(module_name(&inner) == std::string::utf8(b"shop"), 0);
        assert!(function_name(&inner) == std::string::utf8(b"buy"), 0);
        assert!(type_arg_names(&inner) == vector[std::string::utf8(b"u64")], 0);
        assert!(args(&inner) == vector[x"01"], 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = Self)]
    fun a_test_has_no_sender() {
        sender();
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = Self)]
    fun a_test_has_no_payload() {
        entry_function_payload();
    }
}
