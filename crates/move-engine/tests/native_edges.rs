//! The natives that `natives.rs` leaves: those of vectors called as functions, of unit tests and
//! debugging; exact errors; every kind of value in BCS; names of function types. And that no native
//! is left without a test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chain;

use chain::{Chain, ENGINES, tag, u64_bytes};
use lumio_move_engine::{
    Address, Gas, Location, ModuleId, Natives, Returned, StatusCode, TypeTag, VmResult,
    vector_error,
};

const VECTOR: &str = "module 0x1::vector version 6
    native public fun empty<T>(): vector<T>
    native public fun length<T>(&vector<T>): u64
    native public fun borrow<T>(&vector<T>, u64): &T
    native public fun borrow_mut<T>(&mut vector<T>, u64): &mut T
    native public fun push_back<T>(&mut vector<T>, T)
    native public fun pop_back<T>(&mut vector<T>): T
    native public fun destroy_empty<T>(vector<T>)
    native public fun swap<T>(&mut vector<T>, u64, u64)
    native public fun move_range<T>(&mut vector<T>, u64, u64, &mut vector<T>, u64)";
const OTHERS: [&str; 7] = [
    "module 0x1::bcs version 6
     native public fun to_bytes<T>(&T): vector<u8>
     struct Size has copy, drop { vec: vector<u64> }
     native public fun serialized_size<T>(&T): u64
     native public fun constant_serialized_size<T>(): Size",
    "module 0x1::hash version 6
     native public fun sha2_256(vector<u8>): vector<u8>
     native public fun sha3_256(vector<u8>): vector<u8>",
    "module 0x1::string version 6
     struct String has copy, drop { bytes: vector<u8> }
     native fun internal_sub_string(&vector<u8>, u64, u64): vector<u8>
     native fun internal_index_of(&vector<u8>, &vector<u8>): u64",
    "module 0x1::type_name version 6
     struct Text has copy, drop { bytes: vector<u8> }
     native public fun get<T>(): Text",
    "module 0x1::unit_test version 6
     native public fun create_signers_for_testing(u64): vector<signer>
     native public fun poison()",
    "module 0x1::debug version 6
     native public fun print<T>(&T)
     native public fun print_stack_trace()
     native fun native_print(vector<u8>)
     native fun native_stack_trace(): vector<u8>
     public fun trace(): vector<u8> { call native_stack_trace ret }",
    "module 0x42::types version 10
     struct S has copy, drop { a: u8, b: vector<u16>, c: address }
     struct G<T> has copy, drop { t: T }
     enum E has copy, drop { A, B { x: u32 }, C { s: S } }",
];

fn all() -> Vec<&'static str> {
    let mut modules = OTHERS.to_vec();
    modules.push(VECTOR);
    modules
}

/// Calls a native on both interpreters, which must agree in everything, also when gas runs out.
fn call(
    module: &str,
    function: &str,
    types: &[TypeTag],
    arguments: &[Vec<u8>],
) -> VmResult<Returned> {
    let native = ModuleId::new(Address::small(1), module);
    let modules = all();
    let run = |interpreter, budget| {
        let mut chain = Chain::with(interpreter, &modules);
        let mut gas = Gas::new(budget);
        let result = chain.session(|s| s.call(&native, function, types, arguments, &mut gas));
        (result, gas.left())
    };
    let plain = |result: &VmResult<Returned>| match result {
        Ok(r) => Ok((r.values.clone(), r.mutated.clone())),
        Err(e) => Err((
            e.status(),
            e.details().sub_status,
            e.details().location.clone(),
        )),
    };
    for budget in [0, 9, 10, 11, 13, 20, 42, 200] {
        let [a, b] = ENGINES.map(|interpreter| run(interpreter, budget));
        assert_eq!(
            (plain(&a.0), a.1),
            (plain(&b.0), b.1),
            "{module}::{function} with {budget}"
        );
    }
    run(ENGINES[1], 1_000_000).0
}

fn bytes(content: &[u8]) -> Vec<u8> {
    let mut bcs = Vec::new();
    let mut length = content.len();
    while length >= 0x80 {
        bcs.push(u8::try_from(length % 0x80).unwrap() | 0x80);
        length /= 0x80;
    }
    bcs.push(u8::try_from(length).unwrap());
    bcs.extend(content);
    bcs
}

fn one(result: VmResult<Returned>) -> Vec<u8> {
    let returned = result.unwrap();
    assert_eq!(returned.values.len(), 1);
    returned.values[0].clone()
}

/// The status, the sub-status, and that it is in the native's module.
fn failed(module: &str, result: VmResult<Returned>) -> (StatusCode, Option<u64>) {
    let error = result.unwrap_err();
    let place = Location::Module(ModuleId::new(Address::small(1), module));
    assert_eq!(error.details().location, place);
    (error.status(), error.details().sub_status)
}

fn vector_failure(sub: u64) -> (StatusCode, Option<u64>) {
    (StatusCode::VectorOperationError, Some(sub))
}

#[test]
fn vectors_as_functions_of_each_element_size() {
    let wide = |n: u8| [vec![n], vec![0; 31]].concat();
    let narrow = |n: u8| vec![n];
    let text = |n: u8| bytes(&[n; 3]);
    type Element<'a> = &'a dyn Fn(u8) -> Vec<u8>;
    let elements: [(&str, Element<'_>); 3] =
        [("u8", &narrow), ("u256", &wide), ("vector<u8>", &text)];
    for (ty, element) in elements {
        let types = [tag(ty)];
        let list = |items: &[u8]| {
            let mut bcs = vec![u8::try_from(items.len()).unwrap()];
            items.iter().for_each(|n| bcs.extend(element(*n)));
            bcs
        };
        let vector =
            |function: &str, arguments: &[Vec<u8>]| call("vector", function, &types, arguments);
        assert_eq!(one(vector("empty", &[])), [0]);
        assert_eq!(one(vector("length", &[list(&[])])), u64_bytes(0));
        assert_eq!(one(vector("length", &[list(&[1, 2, 3])])), u64_bytes(3));
        for borrow in ["borrow", "borrow_mut"] {
            for index in [0, 2] {
                let got = one(vector(borrow, &[list(&[5, 6, 7]), u64_bytes(index)]));
                assert_eq!(got, element(5 + u8::try_from(index).unwrap()), "{ty}");
            }
            for index in [3, u64::MAX] {
                let got = failed(
                    "vector",
                    vector(borrow, &[list(&[5, 6, 7]), u64_bytes(index)]),
                );
                assert_eq!(got, vector_failure(vector_error::INDEX_OUT_OF_BOUNDS));
            }
            let got = failed("vector", vector(borrow, &[list(&[]), u64_bytes(0)]));
            assert_eq!(got, vector_failure(vector_error::INDEX_OUT_OF_BOUNDS));
        }
        for items in [&[][..], &[1, 2]] {
            let pushed = vector("push_back", &[list(items), element(9)]).unwrap();
            assert_eq!(pushed.mutated, [(0, list(&[items, &[9]].concat()))], "{ty}");
        }
        let popped = vector("pop_back", &[list(&[1, 2])]).unwrap();
        assert_eq!(
            (popped.values, popped.mutated),
            (vec![element(2)], vec![(0, list(&[1]))])
        );
        let got = failed("vector", vector("pop_back", &[list(&[])]));
        assert_eq!(got, vector_failure(vector_error::POP_EMPTY));
        vector("destroy_empty", &[list(&[])]).unwrap();
        let got = failed("vector", vector("destroy_empty", &[list(&[1])]));
        assert_eq!(got, vector_failure(vector_error::UNPACK_PARITY));
        for (left, right, swapped) in [(0, 2, [3, 2, 1]), (1, 1, [1, 2, 3]), (2, 1, [1, 3, 2])] {
            let arguments = [list(&[1, 2, 3]), u64_bytes(left), u64_bytes(right)];
            let got = vector("swap", &arguments).unwrap();
            assert_eq!(got.mutated, [(0, list(&swapped))], "{ty}");
        }
        for (left, right) in [(0, 3), (3, 0), (u64::MAX, 0)] {
            let arguments = [list(&[1, 2, 3]), u64_bytes(left), u64_bytes(right)];
            let got = failed("vector", vector("swap", &arguments));
            assert_eq!(got, vector_failure(vector_error::INDEX_OUT_OF_BOUNDS));
        }
        let range = |from: u64, length: u64, to: u64| {
            let target = list(&[10, 11]);
            let arguments = [
                list(&[1, 2, 3]),
                u64_bytes(from),
                u64_bytes(length),
                target,
                u64_bytes(to),
            ];
            vector("move_range", &arguments)
        };
        let moved = range(1, 2, 1).unwrap().mutated;
        assert_eq!(moved, [(0, list(&[1])), (3, list(&[10, 2, 3, 11]))], "{ty}");
        for (from, length, to) in [(0, 4, 0), (4, 0, 0), (0, 0, 3), (2, u64::MAX, 0)] {
            let got = failed("vector", range(from, length, to));
            let outside = vector_failure(vector_error::INDEX_OUT_OF_BOUNDS);
            assert_eq!(got, outside, "{ty} {from} {length} {to}");
        }
    }
}

#[test]
fn texts_are_cut_and_found_or_the_program_aborts() {
    let text = "aé€𝄞".as_bytes();
    let cut = |from, to| {
        let arguments = [bytes(text), u64_bytes(from), u64_bytes(to)];
        call("string", "internal_sub_string", &[], &arguments)
    };
    for (from, to) in [
        (0, 2),
        (2, 3),
        (3, 1),
        (0, 11),
        (11, 11),
        (u64::MAX, u64::MAX),
    ] {
        let got = failed("string", cut(from, to));
        assert_eq!(got, (StatusCode::Aborted, Some(1)), "{from}..{to}");
    }
    assert_eq!(one(cut(6, 10)), bytes("𝄞".as_bytes()));
    // The first of several, and none that begins within a character.
    for (text, wanted, place) in [
        (&b"abcabc"[..], &b"ca"[..], 2),
        (b"aaab", b"aab", 1),
        ("€".as_bytes(), &"€".as_bytes()[1..], 3),
        (b"", b"", 0),
        (b"", b"x", 0),
    ] {
        let arguments = [bytes(text), bytes(wanted)];
        let got = one(call("string", "internal_index_of", &[], &arguments));
        assert_eq!(got, u64_bytes(place), "{text:?} {wanted:?}");
    }
}

#[test]
fn every_kind_of_value_has_its_bcs() {
    let address = Address::small(7).0.to_vec();
    let mut kinds = vec![
        ("bool", vec![0]),
        ("bool", vec![1]),
        ("address", address.clone()),
        ("signer", address.clone()),
        ("vector<bool>", vec![3, 1, 0, 1]),
        ("vector<i8>", vec![2, 0xff, 0x80]),
        ("vector<u8>", bytes(&[7; 200])),
        ("vector<address>", [vec![1], address.clone()].concat()),
        ("vector<vector<vector<u8>>>", vec![2, 1, 2, 9, 9, 0]),
        (
            "0x42::types::S",
            [vec![5, 2, 1, 0, 2, 0], address.clone()].concat(),
        ),
        (
            "0x42::types::G<vector<0x42::types::E>>",
            vec![2, 0, 1, 4, 3, 2, 1],
        ),
        ("0x42::types::E", [vec![2, 1, 0], address].concat()),
    ];
    for (ty, size) in [
        ("u8", 1),
        ("u16", 2),
        ("u32", 4),
        ("u64", 8),
        ("u128", 16),
        ("u256", 32),
        ("i8", 1),
        ("i16", 2),
        ("i32", 4),
        ("i64", 8),
        ("i128", 16),
        ("i256", 32),
    ] {
        kinds.push((ty, (0..size).collect()));
        kinds.push((ty, vec![0xff; usize::from(size)]));
        kinds.push((ty, [vec![0; usize::from(size) - 1], vec![0x80]].concat()));
    }
    for (ty, value) in kinds {
        let arguments = [value.clone()];
        let got = one(call("bcs", "to_bytes", &[tag(ty)], &arguments));
        assert_eq!(got, bytes(&value), "{ty}");
        let size = one(call("bcs", "serialized_size", &[tag(ty)], &arguments));
        assert_eq!(size, u64_bytes(value.len() as u64), "{ty}");
        call("debug", "print", &[tag(ty)], &arguments).unwrap();
    }
}

#[test]
fn only_types_of_one_size_have_a_constant_one() {
    let known = |size: u64| [vec![1], u64_bytes(size)].concat();
    for (ty, size) in [
        ("bool", known(1)),
        ("u256", known(32)),
        ("address", known(32)),
        ("0x42::types::G<0x42::types::G<u16>>", known(2)),
        ("vector<u8>", vec![0]),
        ("0x42::types::S", vec![0]),
        ("0x42::types::E", vec![0]),
    ] {
        let got = one(call("bcs", "constant_serialized_size", &[tag(ty)], &[]));
        assert_eq!(got, size, "{ty}");
    }
}

#[test]
fn types_of_functions_and_instances_are_named_in_full() {
    for ty in [
        "bool",
        "address",
        "signer",
        "i256",
        "0x42::types::G<0x42::types::G<u8>>",
        "|u64|bool",
        "||(u8, vector<u16>) has copy + drop",
        "0x42::types::G<|0x42::types::S|bool has store>",
    ] {
        let Ok(ty) = ty.parse::<TypeTag>() else {
            panic!("{ty} is no type");
        };
        let got = one(call("type_name", "get", std::slice::from_ref(&ty), &[]));
        let name = ty.to_canonical_string().replace(", ", ",");
        assert_eq!(got, bytes(name.as_bytes()));
    }
}

#[test]
fn hashes_of_inputs_longer_than_a_block() {
    let digest = |function: &str| one(call("hash", function, &[], &[bytes(&[b'a'; 200])]));
    for (function, expected) in [
        (
            "sha2_256",
            "c2a908d98f5df987ade41b5fce213067efbcc21ef2240212a41e54b5e7c28ae5",
        ),
        (
            "sha3_256",
            "cce34485baf2bf2aca99b94833892a4f52896d3d153f7b840cc4f9fe695f1387",
        ),
    ] {
        let hex: String = digest(function)[1..]
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(hex, expected, "{function}");
    }
}

#[test]
fn unit_tests_get_signers_and_print_nothing() {
    let got = one(call(
        "unit_test",
        "create_signers_for_testing",
        &[],
        &[u64_bytes(3)],
    ));
    let signers: Vec<u8> = (0..3).flat_map(|n| Address::small(n).0).collect();
    assert_eq!(got, [vec![3], signers].concat());
    // Paid for before anything is made.
    let error = call(
        "unit_test",
        "create_signers_for_testing",
        &[],
        &[u64_bytes(u64::MAX)],
    );
    assert_eq!(error.unwrap_err().status(), StatusCode::OutOfGas);
    call("unit_test", "poison", &[], &[]).unwrap();
    call("debug", "print_stack_trace", &[], &[]).unwrap();
    call("debug", "native_print", &[], &[bytes(b"text")]).unwrap();
    // Nobody has called it.
    assert_eq!(one(call("debug", "native_stack_trace", &[], &[])), [0]);
    let trace = one(call("debug", "trace", &[], &[]));
    assert!(trace.ends_with(b"::debug::trace"), "{trace:?}");
}

/// A native reached by an instruction, through references into the middle of values.
#[test]
fn natives_work_on_what_is_inside_other_values() {
    let text = "module 0x42::m version 10
        use 0x1::vector { fun push_back<T>(&mut vector<T>, T); fun borrow_mut<T>(&mut vector<T>, u64): &mut T; fun swap<T>(&mut vector<T>, u64, u64) }
        use 0x1::mem { fun swap<T>(&mut T, &mut T) }
        struct W has drop { n: u8, v: vector<u8>, w: vector<vector<u8>> }
        public fun f(): (u8, vector<u8>, vector<vector<u8>>) {
            locals s: W
            ld_u8 1 ld_const<vector<u8>> \"ab\" ld_const<vector<vector<u8>>> [\"x\", \"yz\"] pack W st_loc s
            mut_borrow_loc s mut_borrow_field W::v ld_u8 99 call 0x1::vector::push_back<u8>
            mut_borrow_loc s mut_borrow_field W::w ld_u64 1 call 0x1::vector::borrow_mut<vector<u8>>
            ld_u64 0 ld_u64 1 call 0x1::vector::swap<u8>
            mut_borrow_loc s mut_borrow_field W::n
            mut_borrow_loc s mut_borrow_field W::v ld_u64 2 vec_mut_borrow<u8>
            call 0x1::mem::swap<u8>
            move_loc s unpack W ret }";
    let memory = "module 0x1::mem version 6 native public fun swap<T>(&mut T, &mut T)";
    for interpreter in ENGINES {
        let mut chain = Chain::with(interpreter, &[VECTOR, memory, text]);
        let got = chain.call("m", "f", &[]).unwrap().values;
        let expected = [
            vec![99],
            bytes(&[b'a', b'b', 1]),
            [vec![2], bytes(b"x"), bytes(b"zy")].concat(),
        ];
        assert_eq!(got, expected, "{interpreter:?}");
    }
}

/// A new native must be added to a test, here or in `natives.rs`.
#[test]
fn every_native_is_tested() {
    let tests = [include_str!("native_edges.rs"), include_str!("natives.rs")];
    let tables = [
        include_str!("../src/natives/data.rs"),
        include_str!("../src/natives/string.rs"),
        include_str!("../src/natives/vector.rs"),
    ];
    let natives = Natives::standard();
    let mut count = 0;
    for line in tables.iter().flat_map(|table| table.lines()) {
        let parts: Vec<_> = line.split('"').collect();
        let [before, module, ", ", name, ..] = parts[..] else {
            continue;
        };
        if before.trim() != "(" {
            continue;
        }
        count += 1;
        let module = ModuleId::new(Address::ONE, module);
        assert!(natives.get(&module, name).is_some(), "{line}");
        let called = format!("\"{name}\"");
        let tested = tests.iter().any(|test| test.contains(&called));
        assert!(tested, "nothing tests {name}");
    }
    assert_eq!(count, 28, "natives in the tables");
}
