/// Names of Move functions that the VM can call on behalf of the framework.
module aptos_framework::function_info {
    use std::signer;
    use std::string::String;

    /// The name is no Move identifier
    const EINVALID_IDENTIFIER: u64 = 1;

    /// A function, by address, module and name. It need not exist.
    struct FunctionInfo has copy, drop, store {
        module_address: address,
        module_name: String,
        function_name: String,
    }

    /// The function of that name in a module of the signer's account. Aborts with `EINVALID_IDENTIFIER` if a name
    /// is no Move identifier.
    public fun new_function_info(
        module_signer: &signer, module_name: String, function_name: String
    ): FunctionInfo {
        new_function_info_from_address(signer::address_of(module_signer), module_name, function_name)
    }

    /// The same for any address.
    public(package) fun new_function_info_from_address(
        module_address: address, module_name: String, function_name: String
    ): FunctionInfo {
        assert!(is_identifier(module_name.bytes()), EINVALID_IDENTIFIER);
        assert!(is_identifier(function_name.bytes()), EINVALID_IDENTIFIER);
        FunctionInfo { module_address, module_name, function_name }
    }

    /// Whether `dispatch_target` is a public function with the type parameters and the signature of
    /// `framework_function`, apart from the last parameter of the latter, which is the `&FunctionInfo`.
    public(package) fun check_dispatch_type_compatibility(
        framework_function: &FunctionInfo, dispatch_target: &FunctionInfo
    ): bool {
        load_function_impl(dispatch_target);
        check_dispatch_type_compatibility_impl(framework_function, dispatch_target)
    }

    /// Loads the function's module and charges for it. Comes before each dispatch.
    public(package) fun load_module_from_function(f: &FunctionInfo) {
        load_function_impl(f)
    }

    native fun check_dispatch_type_compatibility_impl(lhs: &FunctionInfo, r: &FunctionInfo): bool;
    native fun is_identifier(s: &vector<u8>): bool;
    native fun load_function_impl(f: &FunctionInfo);

    #[test_only]
    use std::string;

    #[test_only]
    public fun takes_a_number(_n: u64, _again: bool) {}

    #[test_only]
    public fun framework_side(_n: u64, _again: bool, _f: &FunctionInfo) {}

    #[test_only]
    public fun takes_an_address(_a: address, _again: bool) {}

    #[test_only]
    fun named(function: vector<u8>): FunctionInfo {
        new_function_info_from_address(
            @aptos_framework, string::utf8(b"function_info"), string::utf8(function)
        )
    }

    #[test]
    fun the_last_parameter_is_the_functions_name() {
        assert!(check_dispatch_type_compatibility(&named(b"framework_side"), &named(b"takes_a_number")));
        assert!(!check_dispatch_type_compatibility(&named(b"framework_side"), &named(b"takes_an_address")));
    }

    #[test(owner = @0xcafe)]
    fun functions_belong_to_the_signer(owner: &signer) {
        let info = new_function_info(owner, string::utf8(b"m"), string::utf8(b"f"));
        assert!(info.module_address == @0xcafe);
        assert!(info.module_name == string::utf8(b"m") && info.function_name == string::utf8(b"f"));
    }

    #[test]
    #[expected_failure(abort_code = EINVALID_IDENTIFIER, location = Self)]
    fun names_of_modules_are_identifiers() {
        new_function_info_from_address(@0x1, string::utf8(b"1m"), string::utf8(b"f"));
    }

    #[test]
    #[expected_failure(abort_code = EINVALID_IDENTIFIER, location = Self)]
    fun names_of_functions_are_identifiers() {
        new_function_info_from_address(@0x1, string::utf8(b"m"), string::utf8(b"f g"));
    }
}
