//! The native functions of the standard modules: results, wrong input, and gas alike on both
//! interpreters.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chain;

use chain::{Chain, ENGINES, assemble, tag, u64_bytes};
use lumio_move_engine::{Address, Gas, ModuleId, Returned, StatusCode, TypeTag, VmResult};

const MODULES: [&str; 9] = [
    "module 0x1::hash version 6
     native public fun sha2_256(vector<u8>): vector<u8>
     native public fun sha3_256(vector<u8>): vector<u8>",
    "module 0x1::bcs version 6
     native public fun to_bytes<T>(&T): vector<u8>
     native public fun serialized_size<T>(&T): u64",
    "module 0x1::signer version 6
     native public fun borrow_address(&signer): &address",
    "module 0x1::string version 6
     native fun internal_check_utf8(&vector<u8>): bool
     native fun internal_is_char_boundary(&vector<u8>, u64): bool
     native fun internal_sub_string(&vector<u8>, u64, u64): vector<u8>
     native fun internal_index_of(&vector<u8>, &vector<u8>): u64",
    "module 0x1::mem version 6
     native public fun swap<T>(&mut T, &mut T)",
    "module 0x1::cmp version 7
     enum Ordering has copy, drop { Less, Equal, Greater }
     native public fun compare<T>(&T, &T): Ordering",
    "module 0x1::type_name version 6
     struct Text has copy, drop { bytes: vector<u8> }
     native public fun get<T>(): Text",
    "module 0x1::vector version 6
     native public fun move_range<T>(&mut vector<T>, u64, u64, &mut vector<T>, u64)",
    "module 0x42::types version 10
     struct P has copy, drop { a: u8, b: vector<u16> }
     enum E has copy, drop { A, B { x: u32 } }",
];

fn chain(interpreter: lumio_move_engine::Interpreter) -> Chain {
    let mut chain = Chain::new(interpreter);
    for module in MODULES {
        chain.memory.add(&assemble(module));
    }
    chain
}

/// Calls a native on both interpreters, which must agree in everything, gas included.
fn call(
    module: &str,
    function: &str,
    types: &[TypeTag],
    arguments: &[Vec<u8>],
) -> VmResult<Returned> {
    let id = ModuleId::new(Address::small(1), module);
    let run = |interpreter, budget| {
        let mut chain = chain(interpreter);
        let mut gas = Gas::new(budget);
        let result = chain.session(|s| s.call(&id, function, types, arguments, &mut gas));
        let plain = result
            .as_ref()
            .map(|r| (r.values.clone(), r.mutated.clone()));
        let plain = plain.map_err(|e| {
            (
                e.status(),
                e.details().sub_status,
                e.details().location.clone(),
            )
        });
        (plain, gas.left(), result)
    };
    for budget in [0, 5, 12, 30, 1_000_000] {
        let [plain, fast] = ENGINES.map(|interpreter| run(interpreter, budget));
        assert_eq!(
            (&plain.0, plain.1),
            (&fast.0, fast.1),
            "{module}::{function} with {budget}"
        );
    }
    run(ENGINES[1], 1_000_000).2
}

fn bytes(text: &[u8]) -> Vec<u8> {
    let mut bcs = vec![u8::try_from(text.len()).unwrap()];
    bcs.extend(text);
    bcs
}

fn one(result: VmResult<Returned>) -> Vec<u8> {
    let mut returned = result.unwrap();
    assert_eq!(returned.values.len(), 1);
    returned.values.remove(0)
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).unwrap())
        .collect()
}

#[test]
fn hashes_are_the_standard_ones() {
    for (function, input, digest) in [
        (
            "sha2_256",
            "abc",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        (
            "sha2_256",
            "",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        (
            "sha3_256",
            "abc",
            "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
        ),
        (
            "sha3_256",
            "",
            "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
        ),
    ] {
        let got = one(call("hash", function, &[], &[bytes(input.as_bytes())]));
        assert_eq!(got, bytes(&hex(digest)), "{function} of {input:?}");
    }
}

#[test]
fn bcs_is_what_came_in() {
    for (ty, value) in [
        ("bool", vec![1]),
        ("u8", vec![7]),
        ("i16", vec![0xff, 0xff]),
        ("u256", vec![9; 32]),
        ("address", vec![3; 32]),
        ("vector<u8>", bytes(b"abc")),
        ("vector<vector<u64>>", vec![2, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0]),
        ("0x42::types::P", vec![5, 2, 1, 0, 2, 0]),
        ("0x42::types::E", vec![1, 4, 0, 0, 0]),
        ("0x42::types::E", vec![0]),
    ] {
        let arguments = [value.clone()];
        let got = one(call("bcs", "to_bytes", &[tag(ty)], &arguments));
        assert_eq!(got, bytes(&value), "{ty}");
        let size = one(call("bcs", "serialized_size", &[tag(ty)], &arguments));
        assert_eq!(size, u64_bytes(value.len() as u64), "{ty}");
    }
}

#[test]
fn text_is_cut_between_characters_only() {
    let text = "aé€𝄞".as_bytes();
    assert_eq!(text.len(), 1 + 2 + 3 + 4);
    assert_eq!(
        one(call("string", "internal_check_utf8", &[], &[bytes(text)])),
        [1]
    );
    for broken in [
        &text[..2],
        &[0xff],
        &[0xc0, 0x80],
        &[0xed, 0xa0, 0x80],
        &[0xf5, 0x80, 0x80, 0x80],
    ] {
        assert_eq!(
            one(call("string", "internal_check_utf8", &[], &[bytes(broken)])),
            [0],
            "{broken:?}"
        );
    }
    let boundaries = [0, 1, 3, 6, 10];
    for place in 0..=12 {
        let arguments = [bytes(text), u64_bytes(place)];
        let got = one(call("string", "internal_is_char_boundary", &[], &arguments));
        assert_eq!(got, [u8::from(boundaries.contains(&place))], "{place}");
    }
    for (from, to) in [(0, 0), (0, 1), (1, 6), (3, 10), (10, 10)] {
        let arguments = [bytes(text), u64_bytes(from as u64), u64_bytes(to as u64)];
        let got = one(call("string", "internal_sub_string", &[], &arguments));
        assert_eq!(got, bytes(&text[from..to]));
    }
    for (what, place) in [("é", 1), ("𝄞", 6), ("", 0), ("x", 10), ("aé€𝄞x", 10)] {
        let arguments = [bytes(text), bytes(what.as_bytes())];
        let got = one(call("string", "internal_index_of", &[], &arguments));
        assert_eq!(got, u64_bytes(place), "{what}");
    }
}

#[test]
fn a_cut_that_is_none_fails_and_names_the_native() {
    for (from, to) in [(0, 2), (2, 3), (3, 1), (0, 11), (u64::MAX, u64::MAX)] {
        let arguments = [bytes("aé€𝄞".as_bytes()), u64_bytes(from), u64_bytes(to)];
        let error = call("string", "internal_sub_string", &[], &arguments).unwrap_err();
        assert!(error.status() != StatusCode::OutOfGas, "{from}..{to}");
        assert_eq!(
            error.details().location,
            lumio_move_engine::Location::Module(ModuleId::new(Address::small(1), "string"))
        );
    }
}

#[test]
fn a_signers_address_is_its_own() {
    let address = Address::small(9).0.to_vec();
    let got = one(call(
        "signer",
        "borrow_address",
        &[],
        std::slice::from_ref(&address),
    ));
    assert_eq!(got, address);
}

#[test]
fn values_change_places() {
    let returned = call(
        "mem",
        "swap",
        &[tag("vector<u8>")],
        &[bytes(b"a"), bytes(b"bcd")],
    )
    .unwrap();
    assert_eq!(returned.mutated, [(0, bytes(b"bcd")), (1, bytes(b"a"))]);
}

#[test]
fn any_two_values_can_be_compared() {
    for (ty, small, large) in [
        ("bool", vec![0], vec![1]),
        ("u16", vec![0xff, 0], vec![0, 1]),
        ("i8", vec![0xff], vec![0]),
        ("i64", vec![0, 0, 0, 0, 0, 0, 0, 0x80], vec![0xff; 8]),
        (
            "address",
            Address::small(1).0.to_vec(),
            Address::small(2).0.to_vec(),
        ),
        ("vector<u8>", bytes(b"ab"), bytes(b"b")),
        ("vector<u8>", bytes(b"ab"), bytes(b"abc")),
        ("vector<u8>", bytes(b""), bytes(b"a")),
        ("0x42::types::P", vec![1, 1, 9, 0], vec![2, 0]),
        ("0x42::types::P", vec![1, 1, 0xff, 0], vec![1, 1, 0, 1]),
        ("0x42::types::E", vec![0], vec![1, 0, 0, 0, 0]),
        (
            "0x42::types::E",
            vec![1, 0xff, 0, 0, 0],
            vec![1, 0, 1, 0, 0],
        ),
    ] {
        let compare = |a: &Vec<u8>, b: &Vec<u8>| {
            one(call("cmp", "compare", &[tag(ty)], &[a.clone(), b.clone()]))
        };
        assert_eq!(compare(&small, &large), [0], "{ty} {small:?} {large:?}");
        assert_eq!(compare(&large, &small), [2], "{ty} {small:?} {large:?}");
        assert_eq!(compare(&small, &small), [1], "{ty} {small:?}");
    }
}

#[test]
fn types_are_named_in_full() {
    for ty in [
        "u8",
        "vector<address>",
        "0x42::types::P",
        "vector<vector<0x42::types::E>>",
    ] {
        let got = one(call("type_name", "get", &[tag(ty)], &[]));
        assert_eq!(got, bytes(tag(ty).to_canonical_string().as_bytes()), "{ty}");
    }
}

#[test]
fn a_range_is_moved_or_nothing_is() {
    let list = |n: std::ops::Range<u8>| bytes(&n.collect::<Vec<_>>());
    let call = |from: u64, length: u64, to: u64| {
        let arguments = [
            list(0..5),
            u64_bytes(from),
            u64_bytes(length),
            list(10..13),
            u64_bytes(to),
        ];
        call("vector", "move_range", &[tag("u8")], &arguments)
    };
    let moved = |from, length, to| call(from, length, to).unwrap().mutated;
    assert_eq!(
        moved(1, 2, 0),
        [(0, bytes(&[0, 3, 4])), (3, bytes(&[1, 2, 10, 11, 12]))]
    );
    assert_eq!(
        moved(0, 5, 3),
        [(0, bytes(&[])), (3, bytes(&[10, 11, 12, 0, 1, 2, 3, 4]))]
    );
    assert_eq!(moved(5, 0, 1), [(0, list(0..5)), (3, list(10..13))]);
    for (from, length, to) in [
        (0, 6, 0),
        (5, 1, 0),
        (6, 0, 0),
        (0, 1, 4),
        (u64::MAX, 2, 0),
        (1, u64::MAX, 0),
    ] {
        let error = call(from, length, to).unwrap_err();
        assert!(
            error.status() != StatusCode::OutOfGas,
            "{from} {length} {to}"
        );
    }
}
