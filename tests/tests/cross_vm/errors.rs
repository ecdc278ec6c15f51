//! Bad input: a reason that names the cause, and nothing has changed.

use super::world::*;

#[test]
fn a_bad_call_says_what_is_wrong_and_changes_nothing() {
    let mut world = World::new();
    let cases: [(&str, Vec<u8>, &str); 12] = [
        ("absent", vec![], "FUNCTION_RESOLUTION_FAILURE"),
        ("hidden", vec![], "neither public nor entry"),
        ("no name", vec![], "is not a name of Move"),
        ("add", vec![], "the data end too early"),
        ("add", vec![0xff; 64], "does not fit into U64"),
        ("takes_pair", 3_u64.abi_encode(), "only Move code can give"),
        ("asset", vec![], ""),
        ("kinds", vec![0x80; 300], "is no bool"),
        ("name_of", vec![], "NUMBER_OF_TYPE_ARGUMENTS_MISMATCH"),
        ("kinds", wild_offset(), "outside of the data"),
        ("kinds", bad_text(), "not UTF-8"),
        ("kinds", two_in_an_option(), "stand for an option"),
    ];
    for (function, args, expected) in cases {
        let done = world.hello(function, args);
        if function == "asset" {
            // What can be thrown away may be shown.
            assert!(done.success);
            continue;
        }
        assert!(!done.success, "{function}");
        let reason = reason_of(&done.output);
        assert!(reason.contains(expected), "{function}: {reason}");
    }
    for (types, expected) in [
        ("not a type", "type argument"),
        ("0x1::absent::T", "LINKER_ERROR"),
        ("vector<", "type argument"),
    ] {
        let done = world.generic("name_of", &[types], vec![]);
        let reason = reason_of(&done.output);
        assert!(
            !done.success && reason.contains(expected),
            "{types}: {reason}"
        );
    }
    let done = world.evm_to(CROSS_VM_ADDRESS, vec![1, 2, 3, 4]);
    assert!(reason_of(&done.output).contains("no function with the selector 0x01020304"));
    let done = world.evm_to(CROSS_VM_ADDRESS, vec![]);
    assert!(reason_of(&done.output).contains("selector"));
    let solana = callSolanaCall {
        program: B256::ZERO,
        accounts: vec![],
        data: Bytes::new(),
    };
    let done = world.evm_to(CROSS_VM_ADDRESS, solana.abi_encode());
    assert!(reason_of(&done.output).contains("not part of this chain"));
}

/// Arguments of `kinds` with one of them changed.
fn kinds(change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let args = (
        true,
        U256::ZERO,
        U256::ZERO,
        B256::ZERO,
        Bytes::new(),
        String::from("text"),
        Vec::<Vec<u64>>::new(),
        vec![1_u16],
    );
    let mut args = args.abi_encode_params();
    change(&mut args);
    args
}

fn wild_offset() -> Vec<u8> {
    kinds(|args| args[4 * 32] = 0xff)
}

fn bad_text() -> Vec<u8> {
    kinds(|args| {
        let at = args.windows(4).position(|part| part == b"text").unwrap();
        args[at] = 0xff;
    })
}

fn two_in_an_option() -> Vec<u8> {
    let mut args = kinds(|args| {
        let at = args.len() - 64;
        args[at + 31] = 2;
    });
    args.extend([0; 32]);
    args
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
