/// Which optional parts of the framework are in use. Here nearly all that are there are in use
/// from the beginning; the functions remain for code that asks.
module std::features {
    use std::error;
    use std::signer;
    use std::vector;

    /// Only the framework may change this.
    const EFRAMEWORK_SIGNER_NEEDED: u64 = 1;

    /// Code that depends on other code is treated alike by all.
    const CODE_DEPENDENCY_CHECK: u64 = 1;
    /// Friends count as private in upgrades.
    const TREAT_FRIEND_AS_PRIVATE: u64 = 2;
    /// `aptos_hash` has SHA2-512, SHA3-512 and RIPEMD-160.
    const SHA_512_AND_RIPEMD_160_NATIVES: u64 = 3;
    /// Code can ask for the chain id.
    const APTOS_STD_CHAIN_ID_NATIVES: u64 = 4;
    /// Multi-keys are checked in full.
    const MULTI_ED25519_PK_VALIDATE_V2_NATIVES: u64 = 7;
    /// `aptos_hash` has BLAKE2b-256.
    const BLAKE2B_256_NATIVE: u64 = 8;
    /// Resource groups.
    const RESOURCE_GROUPS: u64 = 9;
    /// Accounts that several owners share.
    const MULTISIG_ACCOUNTS: u64 = 10;
    /// Addresses that no other code can make.
    const APTOS_UNIQUE_IDENTIFIERS: u64 = 23;
    /// Somebody else may pay for a transaction.
    const GAS_PAYER_ENABLED: u64 = 22;
    /// Numbers that many transactions add to.
    const AGGREGATOR_V2_API: u64 = 30;
    /// Events of modules.
    const MODULE_EVENT: u64 = 26;
    /// Objects that own code.
    const OBJECT_CODE_DEPLOYMENT: u64 = 52;
    /// Supplies and balances that many transactions add to.
    const CONCURRENT_FUNGIBLE_ASSETS: u64 = 50;
    /// Functions that an asset's issuer writes for its transfers.
    const DISPATCHABLE_FUNGIBLE_ASSET: u64 = 63;
    /// Who receives coins without having a coin store gets a fungible store.
    const NEW_ACCOUNTS_DEFAULT_TO_FA_STORE: u64 = 90;
    /// Accounts without a resource.
    const DEFAULT_ACCOUNT_RESOURCE: u64 = 91;
    /// Transactions without a sequence number.
    const ORDERLESS_TRANSACTIONS: u64 = 94;
    /// Signers are printed as they should.
    const SIGNER_NATIVE_FORMAT_FIX: u64 = 25;
    /// Who has no account yet may have somebody else pay for the first transaction.
    const SPONSORED_AUTOMATIC_ACCOUNT_CREATION: u64 = 34;
    /// Collections that many transactions mint in.
    const CONCURRENT_TOKEN_V2: u64 = 37;
    /// Objects own objects to a limited depth.
    const MAX_OBJECT_NESTING_CHECK: u64 = 53;
    /// Owners of a shared account vote by executing.
    const MULTISIG_V2_ENHANCEMENT: u64 = 55;
    /// The framework itself emits events of modules.
    const MODULE_EVENT_MIGRATION: u64 = 57;
    /// Code can read what the transaction says.
    const TRANSACTION_CONTEXT_EXTENSION: u64 = 59;
    /// Coins can be turned into fungible assets.
    const COIN_TO_FUNGIBLE_ASSET_MIGRATION: u64 = 60;
    /// The native coin's primary store is at an address of its own, as that of any other asset.
    const PRIMARY_APT_FUNGIBLE_STORE_AT_USER_ADDRESS: u64 = 61;
    /// Addresses of stores are computed natively.
    const OBJECT_NATIVE_DERIVED_ADDRESS: u64 = 62;
    /// Accounts have no coin store of the native coin.
    const NEW_ACCOUNTS_DEFAULT_TO_FA_APT_STORE: u64 = 64;
    /// Transfers of the native coin go by its fungible store.
    const OPERATIONS_DEFAULT_TO_FA_APT_STORE: u64 = 65;
    /// Balances that many transactions add to.
    const CONCURRENT_FUNGIBLE_BALANCE: u64 = 67;
    /// All new stores have such balances.
    const DEFAULT_TO_CONCURRENT_FUNGIBLE_BALANCE: u64 = 68;
    /// A payload that differs from the agreed one fails.
    const ABORT_IF_MULTISIG_PAYLOAD_MISMATCH: u64 = 70;
    /// Who owns a collection may mint in it.
    const COLLECTION_OWNER: u64 = 79;
    /// Values are moved and vectors shifted natively.
    const NATIVE_MEMORY_OPERATIONS: u64 = 80;
    /// Signers that may do only what they were given.
    const PERMISSIONED_SIGNER: u64 = 84;
    /// Accounts whose code checks signatures.
    const ACCOUNT_ABSTRACTION: u64 = 85;

    /// Bits by number: a set bit is a feature in use, or out of use for those that are in use
    /// from the beginning.
    struct Features has key {
        features: vector<u8>
    }

    public fun code_dependency_check_enabled(): bool { true }

    public fun treat_friend_as_private(): bool { true }

    public fun get_sha_512_and_ripemd_160_feature(): u64 { SHA_512_AND_RIPEMD_160_NATIVES }

    public fun sha_512_and_ripemd_160_enabled(): bool { true }

    public fun get_aptos_stdlib_chain_id_feature(): u64 { APTOS_STD_CHAIN_ID_NATIVES }

    public fun aptos_stdlib_chain_id_enabled(): bool { true }

    public fun multi_ed25519_pk_validate_v2_feature(): u64 { MULTI_ED25519_PK_VALIDATE_V2_NATIVES }

    public fun multi_ed25519_pk_validate_v2_enabled(): bool { true }

    public fun get_blake2b_256_feature(): u64 { BLAKE2B_256_NATIVE }

    public fun blake2b_256_enabled(): bool { true }

    public fun get_resource_groups_feature(): u64 { RESOURCE_GROUPS }

    public fun resource_groups_enabled(): bool { true }

    public fun get_multisig_accounts_feature(): u64 { MULTISIG_ACCOUNTS }

    public fun multisig_accounts_enabled(): bool { true }

    public fun get_auids(): u64 { APTOS_UNIQUE_IDENTIFIERS }

    public fun auids_enabled(): bool { true }

    public fun get_gas_payer_enabled(): u64 { GAS_PAYER_ENABLED }

    public fun gas_payer_enabled(): bool { true }

    public fun get_aggregator_v2_api_feature(): u64 { AGGREGATOR_V2_API }

    public fun aggregator_v2_api_enabled(): bool { true }

    public fun get_module_event_feature(): u64 { MODULE_EVENT }

    public fun module_event_enabled(): bool { true }

    public fun get_concurrent_fungible_assets_feature(): u64 { CONCURRENT_FUNGIBLE_ASSETS }

    public fun concurrent_fungible_assets_enabled(): bool { true }

    public fun get_object_code_deployment_feature(): u64 { OBJECT_CODE_DEPLOYMENT }

    public fun is_object_code_deployment_enabled(): bool { true }

    public fun get_dispatchable_fungible_asset_feature(): u64 { DISPATCHABLE_FUNGIBLE_ASSET }

    public fun dispatchable_fungible_asset_enabled(): bool { true }

    public fun get_new_accounts_default_to_fa_store_feature(): u64 {
        NEW_ACCOUNTS_DEFAULT_TO_FA_STORE
    }

    public fun new_accounts_default_to_fa_store_enabled(): bool { true }

    public fun get_default_account_resource_feature(): u64 { DEFAULT_ACCOUNT_RESOURCE }

    public fun is_default_account_resource_enabled(): bool { true }

    public fun get_orderless_transactions_feature(): u64 { ORDERLESS_TRANSACTIONS }

    public fun orderless_transactions_enabled(): bool { true }

    public fun get_signer_native_format_fix_feature(): u64 { SIGNER_NATIVE_FORMAT_FIX }

    public fun signer_native_format_fix_enabled(): bool { true }

    public fun get_sponsored_automatic_account_creation(): u64 { SPONSORED_AUTOMATIC_ACCOUNT_CREATION }

    public fun sponsored_automatic_account_creation_enabled(): bool { true }

    public fun get_concurrent_token_v2_feature(): u64 { CONCURRENT_TOKEN_V2 }

    public fun concurrent_token_v2_enabled(): bool { true }

    public fun get_max_object_nesting_check_feature(): u64 { MAX_OBJECT_NESTING_CHECK }

    public fun max_object_nesting_check_enabled(): bool { true }

    public fun get_multisig_v2_enhancement_feature(): u64 { MULTISIG_V2_ENHANCEMENT }

    public fun multisig_v2_enhancement_feature_enabled(): bool { true }

    public fun get_module_event_migration_feature(): u64 { MODULE_EVENT_MIGRATION }

    public fun module_event_migration_enabled(): bool { true }

    public fun get_transaction_context_extension_feature(): u64 { TRANSACTION_CONTEXT_EXTENSION }

    public fun transaction_context_extension_enabled(): bool { true }

    public fun get_coin_to_fungible_asset_migration_feature(): u64 { COIN_TO_FUNGIBLE_ASSET_MIGRATION }

    public fun coin_to_fungible_asset_migration_feature_enabled(): bool { true }

    public fun get_primary_apt_fungible_store_at_user_address_feature(): u64 { PRIMARY_APT_FUNGIBLE_STORE_AT_USER_ADDRESS }

    public fun primary_apt_fungible_store_at_user_address_enabled(): bool { false }

    public fun get_object_native_derived_address_feature(): u64 { OBJECT_NATIVE_DERIVED_ADDRESS }

    public fun object_native_derived_address_enabled(): bool { true }

    public fun get_new_accounts_default_to_fa_apt_store_feature(): u64 { NEW_ACCOUNTS_DEFAULT_TO_FA_APT_STORE }

    public fun new_accounts_default_to_fa_apt_store_enabled(): bool { true }

    public fun get_operations_default_to_fa_apt_store_feature(): u64 { OPERATIONS_DEFAULT_TO_FA_APT_STORE }

    public fun operations_default_to_fa_apt_store_enabled(): bool { true }

    public fun get_concurrent_fungible_balance_feature(): u64 { CONCURRENT_FUNGIBLE_BALANCE }

    public fun concurrent_fungible_balance_enabled(): bool { true }

    public fun get_default_to_concurrent_fungible_balance_feature(): u64 { DEFAULT_TO_CONCURRENT_FUNGIBLE_BALANCE }

    public fun default_to_concurrent_fungible_balance_enabled(): bool acquires Features {
        is_enabled(DEFAULT_TO_CONCURRENT_FUNGIBLE_BALANCE)
    }

    public fun get_abort_if_multisig_payload_mismatch_feature(): u64 { ABORT_IF_MULTISIG_PAYLOAD_MISMATCH }

    public fun abort_if_multisig_payload_mismatch_enabled(): bool { true }

    public fun get_collection_owner_feature(): u64 { COLLECTION_OWNER }

    public fun is_collection_owner_enabled(): bool { true }

    public fun get_native_memory_operations_feature(): u64 { NATIVE_MEMORY_OPERATIONS }

    public fun is_native_memory_operations_enabled(): bool { true }

    public fun get_permissioned_signer_feature(): u64 { PERMISSIONED_SIGNER }

    public fun is_permissioned_signer_enabled(): bool { false }

    public fun get_account_abstraction_feature(): u64 { ACCOUNT_ABSTRACTION }

    public fun is_account_abstraction_enabled(): bool { true }

    public fun code_dependency_check_feature(): u64 { CODE_DEPENDENCY_CHECK }

    public fun treat_friend_as_private_feature(): u64 { TREAT_FRIEND_AS_PRIVATE }

    #[view]
    /// Whether a feature has been switched on.
    public fun is_enabled(feature: u64): bool acquires Features {
        exists<Features>(@std) && contains(&Features[@std].features, feature)
    }

    /// Switches features on and off. Aborts unless the framework itself does it.
    public fun change_feature_flags_internal(
        framework: &signer, enable: vector<u64>, disable: vector<u64>
    ) acquires Features {
        assert!(
            signer::address_of(framework) == @std,
            error::permission_denied(EFRAMEWORK_SIGNER_NEEDED)
        );
        if (!exists<Features>(@std)) {
            move_to(framework, Features { features: vector[] });
        };
        let features = &mut Features[@std].features;
        enable.for_each_ref(|feature| set(features, *feature, true));
        disable.for_each_ref(|feature| set(features, *feature, false));
    }

    /// The same, by the name that takes effect with the next epoch elsewhere: here at once.
    public fun change_feature_flags_for_next_epoch(
        framework: &signer, enable: vector<u64>, disable: vector<u64>
    ) acquires Features {
        change_feature_flags_internal(framework, enable, disable)
    }

    #[test_only]
    /// The same, under the name that tests use.
    public fun change_feature_flags_for_testing(
        framework: &signer, enable: vector<u64>, disable: vector<u64>
    ) acquires Features {
        change_feature_flags_internal(framework, enable, disable)
    }

    /// Sets or clears a bit.
    fun set(features: &mut vector<u8>, feature: u64, on: bool) {
        let byte = feature / 8;
        let mask = 1 << ((feature % 8) as u8);
        while (features.length() <= byte) features.push_back(0);
        let entry = vector::borrow_mut(features, byte);
        if (on) *entry |= mask else *entry &= (0xFF ^ mask);
    }

    /// Whether a bit is set.
    fun contains(features: &vector<u8>, feature: u64): bool {
        let byte = feature / 8;
        let mask = 1 << ((feature % 8) as u8);
        byte < features.length() && features[byte] & mask != 0
    }

    #[test(framework = @std)]
    fun features_are_switched_on_and_off(framework: &signer) acquires Features {
        assert!(!is_enabled(9), 0);
        change_feature_flags_for_testing(framework, vector[0, 9, 70], vector[]);
        assert!(is_enabled(0) && is_enabled(9) && is_enabled(70) && !is_enabled(8), 1);
        change_feature_flags_for_testing(framework, vector[8], vector[9]);
        assert!(is_enabled(8) && !is_enabled(9) && !is_enabled(1000), 2);
    }

    #[test(other = @0x2)]
    #[expected_failure(abort_code = 0x50001, location = Self)]
    fun others_switch_nothing(other: &signer) acquires Features {
        change_feature_flags_for_testing(other, vector[1], vector[]);
    }
}
