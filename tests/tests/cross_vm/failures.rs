//! Bad input from Move and in the queue, and how failures look.

use super::{errors::reason, world::*};

#[test]
fn a_bad_call_from_move_says_what_is_wrong_and_changes_nothing() {
    let mut world = World::new();
    let before = world.rest();
    let call = |signature: &[u8], ty: &str, value: Vec<u8>| {
        let args = (Bytes::copy_from_slice(signature), B256::from_slice(&value));
        calls("hazards", "encoded", &[ty], args.abi_encode_params())
    };
    let word = |number: u64| U256::from(number).abi_encode();
    let encode = |ty: &str, data: Vec<u8>| {
        calls("hazards", "decoded", &[ty], Bytes::from(data).abi_encode())
    };
    let relay = |to: Address, wei: u64, input: Vec<u8>| {
        calls(
            "hazards",
            "relay",
            &[],
            relay_args(to, U256::from(wei), &input),
        )
    };
    for (input, expected) in [
        (
            call(b"", "u64", word(1)),
            "Move abort in 0x1::evm: EBAD_SIGNATURE(0x10004): \"\" is not the signature of a Solidity function: it has no parameters",
        ),
        (
            call(b"transfer", "u64", word(1)),
            "Move abort in 0x1::evm: EBAD_SIGNATURE(0x10004): \"transfer\" is not the signature of a Solidity function: it has no parameters",
        ),
        (
            call(b"(u64)", "u64", word(1)),
            "Move abort in 0x1::evm: EBAD_SIGNATURE(0x10004): \"(u64)\" is not the signature of a Solidity function: it does not begin with a name",
        ),
        (
            call(b"f(u64", "u64", word(1)),
            "Move abort in 0x1::evm: EBAD_SIGNATURE(0x10004): \"f(u64\" is not the signature of a Solidity function: its brackets do not match",
        ),
        (
            call(b"f(u64,)", "u64", word(1)),
            "Move abort in 0x1::evm: EBAD_SIGNATURE(0x10004): \"f(u64,)\" is not the signature of a Solidity function: a type is missing",
        ),
        (
            call(b"f(wei)", "u64", word(1)),
            "Move abort in 0x1::evm: EBAD_SIGNATURE(0x10004): \"f(wei)\" is not the signature of a Solidity function: wei is no type of Solidity",
        ),
        (
            call(b"f(u64,u64)", "u64", word(1)),
            "Move abort in 0x1::evm: ENOT_ENCODED(0x10002): the arguments do not fit f: 2 arguments must be packed into a struct",
        ),
        (
            call(b"f(string)", "u64", word(1)),
            "Move abort in 0x1::evm: ENOT_ENCODED(0x10002): the arguments do not fit f: an integer cannot be given as string",
        ),
        (
            call(b"f(uint8)", "u64", word(256)),
            "Move abort in 0x1::evm: ENOT_ENCODED(0x10002): the arguments do not fit f: a number does not fit into uint8",
        ),
        (
            call(&[0xff; 3], "u64", word(1)),
            "Move abort in 0x1::evm: EBAD_SIGNATURE(0x10004): a signature is not UTF-8",
        ),
        (
            encode("u64", vec![1]),
            "Move abort in 0x1::evm: ENOT_DECODED(0x10003): value 0: the data end too early",
        ),
        (
            encode("u64", vec![0xff; 32]),
            "Move abort in 0x1::evm: ENOT_DECODED(0x10003): value 0: 0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff does not fit into u64",
        ),
        (
            encode("bool", word(2)),
            "Move abort in 0x1::evm: ENOT_DECODED(0x10003): value 0: 0x0000000000000000000000000000000000000000000000000000000000000002 is no bool",
        ),
        (
            encode("0x1::string::String", vec![0xff; 64]),
            "Move abort in 0x1::evm: ENOT_DECODED(0x10003): value 0: an offset or a length points outside of the data",
        ),
        (
            encode("0x1::coin::Coin<u8>", word(1)),
            "INVALID_MAIN_FUNCTION_SIGNATURE: @::hazards::decoded returns a value that only Move code can take",
        ),
        (
            relay(by(CALL), 1, vec![]),
            "Move abort in 0x1::evm: ECALL_FAILED(0x70001): insufficient balance for the transfer",
        ),
        (
            relay(CROSS_VM_ADDRESS, 0, vec![1, 2, 3, 4]),
            "Move abort in 0x1::evm: ECALL_FAILED(0x70001): ICrossVM has no function with the selector 0x01020304",
        ),
        (
            relay(CONTRACT, 0, vec![1, 2, 3, 4]),
            "Move abort in 0x1::evm: ECALL_FAILED(0x70001): it gave no reason",
        ),
        (
            relay(CONTRACT, 0, failCall {}.abi_encode()),
            "Move abort in 0x1::evm: ECALL_FAILED(0x70001): 0xc77ea641000000000000000000000000000000000000000000000000000000000000002a",
        ),
        (
            relay(BURNER, 0, vec![]),
            "Move abort in 0x1::evm: ECALL_FAILED(0x70001): the call broke a rule of the EVM",
        ),
    ] {
        // The caller is a contract without wei.
        let done = world.evm_to(by(CALL), relayed(CROSS_VM_ADDRESS, &input));
        assert_eq!(reason(&done), expected);
        assert!(!done.success && done.events.is_empty(), "{expected}");
        assert_eq!(world.rest(), before, "{expected}");
    }
}

#[test]
fn a_bad_queued_call_says_what_is_wrong_and_changes_nothing() {
    let mut world = World::new();
    let before = world.rest();
    let queue = |owner: &[u8], name: &[u8], function: &[u8], args: &[u8], types: &[u8]| {
        super::world::queue::callCall {
            module_address: Bytes::copy_from_slice(owner),
            module: Bytes::copy_from_slice(name),
            r#fn: Bytes::copy_from_slice(function),
            args: Bytes::copy_from_slice(args),
            types: Bytes::copy_from_slice(types),
        }
        .abi_encode()
    };
    let owner = module();
    for (input, expected) in [
        (
            queue(&owner[..31], b"hello", b"bump", b"", b""),
            "the module's address of a queued call has 31 bytes, not 32",
        ),
        (
            queue(&owner[..], &[0xff], b"bump", b"", b""),
            "the module of a queued call is not UTF-8",
        ),
        (
            queue(&owner[..], b"hello", &[0xff], b"", b""),
            "the function of a queued call is not UTF-8",
        ),
        (
            queue(&owner[..], b"hello", b"bump", b"", &[0xff]),
            "the list of type arguments of a queued call is not UTF-8",
        ),
        (
            queue(&owner[..], b"hello", b"bump", b"", b"u8"),
            "NUMBER_OF_TYPE_ARGUMENTS_MISMATCH: @::hello::bump takes 0 type arguments, not 1",
        ),
        (
            queue(&owner[..], b"hello", b"name_of", b"", b"vector<u8,u8"),
            "a type argument: \"vector<u8,u8\" is no type: expected > at character 9",
        ),
        (
            queue(&owner[..], b"hello", b"absent", b"", b""),
            "FUNCTION_RESOLUTION_FAILURE: @::hello has no function absent",
        ),
        (
            queue(&owner[..], b"hello", b"add", b"", b""),
            "FAILED_TO_DESERIALIZE_ARGUMENT: the arguments of add: value 0: the data end too early",
        ),
        (
            queue(&owner[..], b"hello", b"hidden", b"", b""),
            "INVALID_MAIN_FUNCTION_SIGNATURE: @::hello::hidden is neither public nor entry",
        ),
    ] {
        let done = world.evm_to(QUEUE_ADDRESS, input);
        assert_eq!(reason(&done), expected);
        assert!(!done.success && done.events.is_empty(), "{expected}");
        assert_eq!(world.rest(), before, "{expected}");
    }
}

#[test]
fn what_can_be_thrown_away_may_be_shown() {
    let mut world = World::new();
    assert!(world.hello("asset", vec![]).success);
}

#[test]
fn an_abort_has_its_code_and_its_name() {
    let mut world = World::new();
    let done = world.hello("add", (0_u64, 3_u64).abi_encode_params());
    let abort = MoveAbort::abi_decode(&done.output).unwrap();
    assert_eq!(
        (abort.module, abort.name.as_str(), abort.code),
        (module(), "hello", 7)
    );
    assert!(
        abort.message.contains("EZERO(0x7): Zero was given"),
        "{}",
        abort.message
    );
    let done = world.hello("add", (u64::MAX, 3_u64).abi_encode_params());
    let failure = MoveFailure::abi_decode(&done.output).unwrap();
    assert_eq!(failure.status, "ARITHMETIC_ERROR");
    let input = tryCallCall {
        module: module(),
        r#fn: "add".into(),
        args: (0_u64, 3_u64).abi_encode_params().into(),
    };
    let done = world.evm(input.abi_encode());
    let (ok, data) = <(bool, Bytes)>::abi_decode_params(&done.output).unwrap();
    assert!(done.success && !ok);
    assert_eq!(MoveAbort::abi_decode(&data).unwrap().code, 7);
}
