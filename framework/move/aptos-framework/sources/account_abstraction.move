/// Accounts whose transactions a function in Move authenticates, in place of a key. Not enabled on this chain: no
/// account has such a function, none can be added, and a transaction that relies on one is rejected.
module aptos_framework::account_abstraction {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::option::{Self, Option};
    use std::string::String;
    use aptos_std::from_bcs;
    use aptos_framework::function_info::FunctionInfo;
    use aptos_framework::system_addresses;

    /// The account has no authentication function
    const EDISPATCHABLE_AUTHENTICATOR_IS_NOT_USED: u64 = 1;
    /// Account abstraction is not enabled
    const EACCOUNT_ABSTRACTION_NOT_ENABLED: u64 = 8;
    /// Derivable account abstraction is not enabled
    const EDERIVABLE_ACCOUNT_ABSTRACTION_NOT_ENABLED: u64 = 9;

    /// Ends what is hashed for the address of a derivable account.
    const DERIVABLE_ABSTRACTION_DERIVED_SCHEME: u8 = 5;

    #[view]
    /// Whether functions authenticate the account: never.
    public fun using_dispatchable_authenticator(_addr: address): bool {
        false
    }

    #[view]
    /// The functions that authenticate the account: none.
    public fun dispatchable_authenticator(_addr: address): Option<vector<FunctionInfo>> {
        option::none()
    }

    /// Aborts: account abstraction is not enabled.
    public entry fun add_authentication_function(
        _account: &signer, _module_address: address, _module_name: String, _function_name: String
    ) {
        abort error::invalid_state(EACCOUNT_ABSTRACTION_NOT_ENABLED)
    }

    /// Aborts: no account has an authentication function.
    public entry fun remove_authentication_function(
        _account: &signer, _module_address: address, _module_name: String, _function_name: String
    ) {
        abort error::not_found(EDISPATCHABLE_AUTHENTICATOR_IS_NOT_USED)
    }

    /// Aborts: no account has an authentication function.
    public entry fun remove_authenticator(_account: &signer) {
        abort error::not_found(EDISPATCHABLE_AUTHENTICATOR_IS_NOT_USED)
    }

    /// The address that a function and a public key that it understands give.
    public fun derive_account_address(
        derivable_func_info: FunctionInfo, abstract_public_key: &vector<u8>
    ): address {
        let bytes = bcs::to_bytes(&derivable_func_info);
        bytes.append(bcs::to_bytes(abstract_public_key));
        bytes.push_back(DERIVABLE_ABSTRACTION_DERIVED_SCHEME);
        from_bcs::to_address(hash::sha3_256(bytes))
    }

    /// Aborts: derivable account abstraction is not enabled.
    public fun register_derivable_authentication_function(
        aptos_framework: &signer, _module_address: address, _module_name: String, _function_name: String
    ) {
        system_addresses::assert_aptos_framework(aptos_framework);
        abort error::invalid_state(EDERIVABLE_ACCOUNT_ABSTRACTION_NOT_ENABLED)
    }

    #[test_only]
    use std::string::utf8;
    #[test_only]
    use aptos_framework::function_info;

    #[test]
    fun no_account_has_a_function() {
        assert!(!using_dispatchable_authenticator(@0x42), 0);
        assert!(dispatchable_authenticator(@0x42).is_none(), 0);
    }

    #[test]
    fun addresses_depend_on_function_and_key() {
        let first = function_info::new_function_info_from_address(@0x42, utf8(b"auth"), utf8(b"check"));
        let second = function_info::new_function_info_from_address(@0x42, utf8(b"auth"), utf8(b"other"));
        let addr = derive_account_address(first, &x"0102");
        assert!(addr == derive_account_address(first, &x"0102"), 0);
        assert!(addr != derive_account_address(first, &x"0103"), 0);
        assert!(addr != derive_account_address(second, &x"0102"), 0);
    }

    #[test(user = @0x42)]
    #[expected_failure(abort_code = 0x30008, location = Self)]
    fun a_function_cannot_be_added(user: &signer) {
        add_authentication_function(user, @0x42, utf8(b"auth"), utf8(b"check"));
    }

    #[test(user = @0x42)]
    #[expected_failure(abort_code = 0x60001, location = Self)]
    fun there_is_no_function_to_remove(user: &signer) {
        remove_authentication_function(user, @0x42, utf8(b"auth"), utf8(b"check"));
    }

    #[test(user = @0x42)]
    #[expected_failure(abort_code = 0x60001, location = Self)]
    fun there_is_no_authenticator_to_remove(user: &signer) {
        remove_authenticator(user);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x30009, location = Self)]
    fun derivation_cannot_be_registered(framework: &signer) {
        register_derivable_authentication_function(framework, @0x42, utf8(b"auth"), utf8(b"check"));
    }
}
