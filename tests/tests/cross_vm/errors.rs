//! Bad input: a reason that names the cause, and nothing has changed.

use super::world::*;

/// Why a call failed, with `@` for the account of the modules.
pub(super) fn reason(done: &Executed) -> String {
    reason_of(&done.output).replace(&MODULE.to_string(), "@")
}

/// Calls of `ICrossVM` that cannot be made, and the reason.
fn bad_calls() -> Vec<(Vec<u8>, &'static str)> {
    let hello = |function: &str, args: Vec<u8>| calls("hello", function, &[], args);
    let generic = |ty: &str| calls("hello", "name_of", &[ty], vec![]);
    let mut no_module = calls("hello", "add", &[], vec![]);
    no_module[35] ^= 1;
    let mut wild = calls("hello", "add", &[], vec![]);
    wild[4 + 32] = 0xff;
    let mut unreadable = calls("hello", "add", &[], vec![]);
    let at = unreadable
        .windows(5)
        .position(|part| part == b"hello")
        .unwrap();
    unreadable[at] = 0xff;
    let solana = callSolanaCall {
        program: B256::ZERO,
        accounts: vec![],
        data: Bytes::new(),
    };
    let short = hello("add", vec![])[..100].to_vec();
    vec![
        (
            vec![],
            "a call of ICrossVM begins with the four bytes of a function's selector",
        ),
        (
            vec![1, 2, 3, 4],
            "ICrossVM has no function with the selector 0x01020304",
        ),
        (
            callMoveCall::SELECTOR.to_vec(),
            "the arguments of the call of ICrossVM cannot be decoded: the data end too early",
        ),
        (
            short,
            "the arguments of the call of ICrossVM cannot be decoded: an offset or a length points outside of the data",
        ),
        (
            wild,
            "the arguments of the call of ICrossVM cannot be decoded: an offset or a length points outside of the data",
        ),
        (
            unreadable,
            "the arguments of the call of ICrossVM cannot be decoded: a string is not UTF-8",
        ),
        (
            solana.abi_encode(),
            "the Solana VM is not part of this chain",
        ),
        (
            no_module,
            "LINKER_ERROR: module 0xc0550000000000000000000000000000000000000000000000000000000000c1::hello does not exist",
        ),
        (
            calls("absent", "f", &[], vec![]),
            "LINKER_ERROR: module @::absent does not exist",
        ),
        (
            calls("no name", "f", &[], vec![]),
            "\"no name\" is not a name of Move",
        ),
        (
            hello("absent", vec![]),
            "FUNCTION_RESOLUTION_FAILURE: @::hello has no function absent",
        ),
        (
            hello("no name", vec![]),
            "\"no name\" is not a name of Move",
        ),
        (
            hello("hidden", vec![]),
            "INVALID_MAIN_FUNCTION_SIGNATURE: @::hello::hidden is neither public nor entry",
        ),
        (
            hello("takes_pair", 3_u64.abi_encode()),
            "INVALID_MAIN_FUNCTION_SIGNATURE: parameter 0 of @::hello::takes_pair is of a type that only Move code can give",
        ),
        (
            calls("hazards", "two_signers", &[], vec![]),
            "NUMBER_OF_SIGNER_ARGUMENTS_MISMATCH: @::hazards::two_signers takes more than one signer",
        ),
        (
            hello("add", vec![]),
            "FAILED_TO_DESERIALIZE_ARGUMENT: the arguments of add: value 0: the data end too early",
        ),
        (
            hello("add", 1_u64.abi_encode()),
            "FAILED_TO_DESERIALIZE_ARGUMENT: the arguments of add: value 1: the data end too early",
        ),
        (
            hello("add", vec![0xff; 64]),
            "FAILED_TO_DESERIALIZE_ARGUMENT: the arguments of add: value 0: 0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff does not fit into u64",
        ),
        (
            hello("kinds", vec![0x80; 300]),
            "FAILED_TO_DESERIALIZE_ARGUMENT: the arguments of kinds: value 0: 0x8080808080808080808080808080808080808080808080808080808080808080 is no bool",
        ),
        (
            hello("kinds", wild_offset()),
            "FAILED_TO_DESERIALIZE_ARGUMENT: the arguments of kinds: value 4: an offset or a length points outside of the data",
        ),
        (
            hello("kinds", bad_text()),
            "FAILED_TO_DESERIALIZE_ARGUMENT: the arguments of kinds: value 5: a string is not UTF-8",
        ),
        (
            hello("kinds", two_in_an_option()),
            "FAILED_TO_DESERIALIZE_ARGUMENT: the arguments of kinds: value 7: 2 values stand for an option",
        ),
        (
            hello("name_of", vec![]),
            "NUMBER_OF_TYPE_ARGUMENTS_MISMATCH: @::hello::name_of takes 1 type argument, not 0",
        ),
        (
            generic("not a type"),
            "a type argument: \"not a type\" is no type: expected a type at character 0",
        ),
        (
            generic("vector<"),
            "a type argument: \"vector<\" is no type: expected a type at character 7",
        ),
        (
            generic("0x1::coin::Coin<u8,>>"),
            "a type argument: \"0x1::coin::Coin<u8,>>\" is no type: expected the end at character 20",
        ),
        (
            generic("0x1::absent::T"),
            "LINKER_ERROR: module 0x1::absent does not exist",
        ),
        (
            generic("0x1::coin::Absent"),
            "TYPE_RESOLUTION_FAILURE: 0x1::coin has no struct Absent",
        ),
        (
            generic("0x1::coin::Coin"),
            "NUMBER_OF_TYPE_ARGUMENTS_MISMATCH: 0x1::coin::Coin takes 1 type argument, not 0",
        ),
        (
            generic("&u8"),
            "a type argument: \"&u8\" is no type: expected a type at character 0",
        ),
        (
            calls("hello", "add", &["u8"], vec![]),
            "NUMBER_OF_TYPE_ARGUMENTS_MISMATCH: @::hello::add takes 0 type arguments, not 1",
        ),
    ]
}

#[test]
fn a_bad_call_says_what_is_wrong_and_changes_nothing() {
    let mut world = World::new();
    let before = world.rest();
    for (input, expected) in bad_calls() {
        let done = world.evm_to(CROSS_VM_ADDRESS, input.clone());
        assert_eq!(reason(&done), expected);
        assert!(!done.success && done.events.is_empty(), "{expected}");
        assert_eq!(world.rest(), before, "{expected}");
    }
}

#[test]
fn what_is_nested_without_end_is_refused_in_a_few_words() {
    let mut world = World::new();
    let deep = format!("{}u8{}", "vector<".repeat(2_000), ">".repeat(2_000));
    let done = world.evm_to(
        CROSS_VM_ADDRESS,
        calls("hello", "name_of", &[&deep], vec![]),
    );
    let reason = reason(&done);
    assert!(!done.success && reason.len() < 1_000, "{reason}");
    let why = "is no type: expected fewer types in each other at character 224";
    assert!(reason.ends_with(why), "{reason}");
}

/// Arguments of `kinds` with one of them changed.
pub(super) fn kinds(change: impl FnOnce(&mut [u8])) -> Vec<u8> {
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
