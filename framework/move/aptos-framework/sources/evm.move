/// Calls of EVM contracts from Move: at once, with what they return, or queued until the transaction's own code
/// is done. `to` is an account; the contract sees the address of `account` as its `msg.sender`.
///
/// A signature is written as in Solidity, `transfer(address,uint256)`; Move's names of integers (`u256`) are
/// understood too. Arguments are one value, or several packed into a struct. `docs/cross-vm.md` has the table of
/// types and the rules of re-entrancy.
module aptos_framework::evm {
    use std::signer;

    /// The EVM contract failed
    const ECALL_FAILED: u64 = 1;
    /// A value cannot be given to Solidity
    const ENOT_ENCODED: u64 = 2;
    /// The data are no such value
    const ENOT_DECODED: u64 = 3;
    /// That is not the signature of a Solidity function
    const EBAD_SIGNATURE: u64 = 4;

    /// What `run` does.
    const CALL: u64 = 0;
    const CREATE: u64 = 1;
    const STATIC_CALL: u64 = 2;

    #[event]
    /// A call that runs when the transaction's own code is done.
    struct CallEvent has drop, store {
        /// The contract, 20 bytes.
        eth_address: vector<u8>,
        /// Selector and arguments.
        eth_calldata: vector<u8>,
        /// The caller.
        move_address: address
    }

    /// Queues a call: it runs when the transaction's own code is done, in the order in which calls were queued. If
    /// it fails, so does the whole transaction.
    public native fun evm<T>(account: &signer, to: address, fn_abi: vector<u8>, calldata: &T);

    /// Queues a call, under a name that says so.
    public fun call<T>(account: &signer, to: address, fn_abi: vector<u8>, calldata: &T) {
        evm(account, to, fn_abi, calldata);
    }

    /// Calls a contract now, with `value_wei` of the caller's ETH, and returns what it returns. If it fails, so does
    /// this function.
    public fun call_now<T>(
        account: &signer, to: address, value_wei: u256, fn_abi: vector<u8>, args: &T
    ): vector<u8> {
        call_raw(account, to, value_wei, encode_call(fn_abi, args))
    }

    /// The same; a failure is returned, with the data of the revert, and nothing that the contract did remains.
    public fun try_call_now<T>(
        account: &signer, to: address, value_wei: u256, fn_abi: vector<u8>, args: &T
    ): (bool, vector<u8>) {
        try_call_raw(account, to, value_wei, encode_call(fn_abi, args))
    }

    /// Calls a contract that must not change anything, in any virtual machine.
    public fun static_call<T>(account: &signer, to: address, fn_abi: vector<u8>, args: &T): vector<u8> {
        let calldata = encode_call(fn_abi, args);
        let (_, data) = run(signer::address_of(account), to, 0, calldata, STATIC_CALL, false);
        data
    }

    /// The same; a failure is returned.
    public fun try_static_call<T>(
        account: &signer, to: address, fn_abi: vector<u8>, args: &T
    ): (bool, vector<u8>) {
        run(signer::address_of(account), to, 0, encode_call(fn_abi, args), STATIC_CALL, true)
    }

    /// Calls a contract with input that is encoded already.
    public fun call_raw(account: &signer, to: address, value_wei: u256, calldata: vector<u8>): vector<u8> {
        let (_, data) = run(signer::address_of(account), to, value_wei, calldata, CALL, false);
        data
    }

    /// The same; a failure is returned.
    public fun try_call_raw(
        account: &signer, to: address, value_wei: u256, calldata: vector<u8>
    ): (bool, vector<u8>) {
        run(signer::address_of(account), to, value_wei, calldata, CALL, true)
    }

    /// Makes a contract from its creation code, by `CREATE2` (EIP-1014) with the caller as creator, and returns its
    /// account. `salt` is any account's 32 bytes.
    public fun create(account: &signer, value_wei: u256, salt: address, init_code: vector<u8>): address {
        let (_, data) = run(signer::address_of(account), salt, value_wei, init_code, CREATE, false);
        decode<address>(data)
    }

    /// The input of a call: the selector, then the arguments.
    public native fun encode_call<T>(fn_abi: vector<u8>, args: &T): vector<u8>;

    /// `abi.encode` of a value by its own type; of a struct, of its fields.
    public native fun encode<T>(value: &T): vector<u8>;

    /// The value that Solidity's `abi.encode` made of. A struct stands for several values, and must be one of the
    /// module that calls.
    public native fun decode<T>(data: vector<u8>): T;

    /// The same, of values of the Solidity types in a list: `(bytes4,uint256[3])`. Thus bytes and arrays of fixed
    /// length can be read, too, and a list of one struct, `((string,uint256))`.
    public native fun decode_as<T>(types: vector<u8>, data: vector<u8>): T;

    /// The first four bytes of the hash of a signature.
    public native fun selector(fn_abi: vector<u8>): vector<u8>;

    native fun run(
        caller: address, to: address, value_wei: u256, calldata: vector<u8>, asked: u64, tries: bool
    ): (bool, vector<u8>);

    #[test_only]
    struct Payment has drop {
        to: address,
        amount: u256
    }

    #[test_only]
    struct Answer has drop {
        names: vector<std::string::String>,
        amount: u64,
        owner: std::option::Option<address>
    }

    #[test]
    fun the_input_of_a_call_is_what_solidity_makes() {
        let payment = Payment { to: @0xa1b2, amount: 258 };
        let expected = x"a9059cbb000000000000000000000000000000000000000000000000000000000000a1b20000000000000000000000000000000000000000000000000000000000000102";
        // The address is a system address, so that the EVM knows it by another.
        let input = encode_call(b"transfer(bytes32,u256)", &payment);
        assert!(input.slice(4, 68) == expected.slice(4, 68));
        assert!(selector(b"transfer(address,u256)") == x"a9059cbb");
        assert!(selector(b"transfer(address,uint256)") == x"a9059cbb");
        assert!(encode_call(b"totalSupply()", &vector<u8>[]) == x"18160ddd");
    }

    #[test]
    fun what_was_encoded_is_decoded_again() {
        let answer = Answer {
            names: vector[std::string::utf8(b"one"), std::string::utf8(b"")],
            amount: 7,
            owner: std::option::some(@0x12)
        };
        let again = decode<Answer>(encode(&answer));
        assert!(again == answer);
        assert!(decode<u64>(encode(&7u64)) == 7);
        assert!(decode<vector<vector<u8>>>(encode(&vector[x"", x"0102"])) == vector[x"", x"0102"]);
    }

    #[test_only]
    struct Fixed has drop {
        id: vector<u8>,
        numbers: vector<u16>,
        pair: Named,
        digits: vector<u8>
    }

    #[test_only]
    struct Named has copy, drop {
        name: std::string::String,
        owner: address
    }

    #[test]
    fun what_has_a_fixed_length_is_decoded_by_its_types() {
        let types = b"(bytes4,uint16[2],(string,bytes32),uint8[3])";
        let pair = Named { name: std::string::utf8(b"seven"), owner: @0x8 };
        let value = Fixed { id: x"01020304", numbers: vector[5, 6], pair, digits: x"090807" };
        let signature = b"f";
        signature.append(types);
        let input = encode_call(signature, &value);
        assert!(decode_as<Fixed>(types, input.slice(4, input.length())) == value);
        // One struct, and a list of its fields, are not the same data.
        let one = encode_call(b"f((string,bytes32))", &pair);
        assert!(decode_as<Named>(b"((string,bytes32))", one.slice(4, one.length())) == pair);
        let list = encode_call(b"f(string,bytes32)", &pair);
        assert!(decode_as<Named>(b"(string,bytes32)", list.slice(4, list.length())) == pair);
        assert!(list.length() != one.length());
        assert!(decode_as<u64>(b"(uint24)", encode(&7u64)) == 7);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = Self)]
    fun bytes_beyond_a_fixed_length_are_refused() {
        decode_as<vector<u8>>(b"(bytes4)", x"0102030405000000000000000000000000000000000000000000000000000000");
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = Self)]
    fun a_type_must_fit_the_value() {
        decode_as<u64>(b"(address)", encode(&@0x7));
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = Self)]
    fun types_are_a_list() {
        decode_as<u64>(b"uint256", encode(&7u64));
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = Self)]
    fun a_number_that_does_not_fit_is_refused() {
        decode<u8>(encode(&256u64));
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = Self)]
    fun a_signature_must_be_one() {
        selector(b"transfer");
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun arguments_must_fit_the_signature() {
        encode_call(b"transfer(address,uint256)", &7u64);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = Self)]
    fun nobody_makes_structs_of_other_modules() {
        decode<aptos_framework::guid::ID>(encode(&7u64));
    }
}
