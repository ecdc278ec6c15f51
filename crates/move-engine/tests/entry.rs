//! What transactions may call and give: signers, types of arguments, constructors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chain;

use chain::{Chain, ENGINES, id, tag, u64_bytes};
use lumio_move_engine::{
    Address, Constructors, EntryArguments, Gas, ModuleId, StatusCode, TypeTag, VmResult,
    format::write_script, text::assemble_script,
};

const TARGET: &str = "
module 0x42::target version 7
use 0x1::string { struct String has copy, drop, store; }
use 0x1::object { struct Object<phantom T> has copy, drop, store; }
use 0x1::option { struct Option<T> has copy, drop, store; }
struct Seen has key { who: vector<address>, n: u64 }
struct Own has copy, drop { n: u64 }
fun keep(s: &signer, n: u64) {
    move_loc s vec_pack<address> 0 move_loc n pack Seen move_to Seen ret
}
public fun not_entry() { ret }
entry fun nothing() { ret }
entry fun two(a: &signer, b: signer, n: u64) {
    move_loc a move_loc n call keep ret
}
entry fun numbers(a: u8, b: u16, c: u32, d: u64, e: u128, f: u256, g: bool, h: address) { ret }
entry fun nested(v: vector<vector<bool>>) { ret }
entry fun bytes(v: vector<u8>) {
    imm_borrow_loc v vec_len<u8> ld_u64 3 eq br_true l ld_u64 1 abort
   l: ret
}
entry fun text(s: &signer, t: 0x1::string::String) { ret }
entry fun texts(t: vector<0x1::option::Option<0x1::string::String>>) { ret }
entry fun object(o: 0x1::object::Object<Own>) { ret }
entry fun own(o: Own) { ret }
entry fun late(n: u64, s: signer) { ret }
entry fun by_reference(n: &u64) { ret }
entry fun gives(): u64 { ld_u64 1 ret }
entry fun generic<T: drop + store>(v: vector<T>) { ret }
entry fun fails(s: &signer) { ld_u64 7 abort }
";

/// Stand-ins for the standard modules, with the same rules.
const STRING: &str = "
module 0x1::string version 7
struct String has copy, drop, store { bytes: vector<u8> }
public fun utf8(v: vector<u8>): String {
    imm_borrow_loc v vec_len<u8> ld_u64 4 lt br_true l ld_u64 1 abort
   l: move_loc v pack String ret
}
";
const OPTION: &str = "
module 0x1::option version 7
struct Option<T> has copy, drop, store { items: vector<T> }
public fun from_vec<T>(v: vector<T>): Option<T> {
    imm_borrow_loc v vec_len<T> ld_u64 2 lt br_true l ld_u64 262144 abort
   l: move_loc v pack Option<T> ret
}
";
const OBJECT: &str = "
module 0x1::object version 7
struct Object<phantom T> has copy, drop, store { at: address }
public fun address_to_object<T>(at: address): Object<T> {
    copy_loc at ld_const<address> 0xa eq br_true l ld_u64 393218 abort
   l: move_loc at pack Object<T> ret
}
";

fn constructors() -> Constructors {
    let mut all = Constructors::default();
    let at = |name: &str| ModuleId::new(Address::small(1), name);
    all.add(at("string"), "String", "utf8");
    all.add(at("option"), "Option", "from_vec");
    all.add(at("object"), "Object", "address_to_object");
    all
}

fn chain(interpreter: lumio_move_engine::Interpreter) -> Chain {
    Chain::with(interpreter, &[STRING, OPTION, OBJECT, TARGET])
}

fn enter(
    chain: &mut Chain,
    function: &str,
    types: &[TypeTag],
    signers: &[u8],
    arguments: &[Vec<u8>],
) -> VmResult<()> {
    let signers: Vec<Address> = signers.iter().map(|n| Address::small(*n)).collect();
    let given = EntryArguments {
        signers: &signers,
        arguments,
        constructors: &constructors(),
    };
    chain.session(|s| s.call_entry(&id("target"), function, types, given, &mut Gas::unlimited()))
}

/// Function, type arguments, signers, arguments, and the status: `None` is success.
type Case<'a> = (
    &'a str,
    &'a [TypeTag],
    &'a [u8],
    &'a [Vec<u8>],
    Option<StatusCode>,
);

/// What each call gives, on both interpreters.
fn check(cases: &[Case<'_>]) {
    for interpreter in ENGINES {
        for (function, types, signers, arguments, expected) in cases {
            let mut chain = chain(interpreter);
            let got = enter(&mut chain, function, types, signers, arguments);
            let status = got.as_ref().err().map(|error| error.status());
            assert_eq!(
                status, *expected,
                "{function} {arguments:?} on {interpreter:?}: {got:?}"
            );
            if got.is_err() {
                assert!(chain.memory.state.is_empty(), "{function} left something");
            }
        }
    }
}

fn address(n: u8) -> Vec<u8> {
    Address::small(n).0.to_vec()
}

#[test]
fn signers_come_first_and_must_be_as_many_as_are_asked_for() {
    use StatusCode as S;
    let n = u64_bytes(5);
    check(&[
        ("nothing", &[], &[], &[], None),
        // A function without signers does not mind who signs.
        ("nothing", &[], &[1], &[], None),
        ("nothing", &[], &[1, 2], &[], None),
        ("two", &[], &[1, 2], std::slice::from_ref(&n), None),
        (
            "two",
            &[],
            &[1],
            std::slice::from_ref(&n),
            Some(S::NumberOfSignerArgumentsMismatch),
        ),
        (
            "two",
            &[],
            &[],
            std::slice::from_ref(&n),
            Some(S::NumberOfSignerArgumentsMismatch),
        ),
        (
            "two",
            &[],
            &[1, 2, 3],
            std::slice::from_ref(&n),
            Some(S::NumberOfSignerArgumentsMismatch),
        ),
        // Nobody can pass a signer as bytes.
        (
            "two",
            &[],
            &[1],
            &[address(2), n.clone()],
            Some(S::NumberOfArgumentsMismatch),
        ),
        (
            "late",
            &[],
            &[1],
            std::slice::from_ref(&n),
            Some(S::InvalidMainFunctionSignature),
        ),
        (
            "late",
            &[],
            &[],
            &[n.clone(), address(1)],
            Some(S::InvalidMainFunctionSignature),
        ),
        ("fails", &[], &[1], &[], Some(S::Aborted)),
    ]);
}

#[test]
fn only_entry_functions_without_results_are_called() {
    use StatusCode as S;
    check(&[
        (
            "not_entry",
            &[],
            &[],
            &[],
            Some(S::ExecuteEntryFunctionCalledOnNonEntryFunction),
        ),
        (
            "gives",
            &[],
            &[],
            &[],
            Some(S::InvalidMainFunctionSignature),
        ),
        ("missing", &[], &[], &[], Some(S::FunctionResolutionFailure)),
        (
            "nothing",
            &[tag("u8")],
            &[],
            &[],
            Some(S::NumberOfTypeArgumentsMismatch),
        ),
        (
            "generic",
            &[],
            &[],
            &[vec![0]],
            Some(S::NumberOfTypeArgumentsMismatch),
        ),
        (
            "generic",
            &[tag("signer")],
            &[],
            &[vec![0]],
            Some(S::ConstraintNotSatisfied),
        ),
        ("generic", &[tag("u8")], &[], &[vec![1, 9]], None),
        (
            "generic",
            &[tag("0x42::target::Own")],
            &[],
            &[vec![0]],
            Some(S::ConstraintNotSatisfied),
        ),
    ]);
}

#[test]
fn arguments_are_exactly_one_value_of_their_type() {
    use StatusCode as S;
    let all = vec![
        vec![1],
        vec![2, 0],
        vec![3; 4],
        vec![4; 8],
        vec![5; 16],
        vec![6; 32],
        vec![1],
        address(7),
    ];
    let undecodable = Some(S::FailedToDeserializeArgument);
    let mut cases: Vec<Case<'_>> = vec![
        ("numbers", &[], &[], &all, None),
        (
            "numbers",
            &[],
            &[],
            &all[..7],
            Some(S::NumberOfArgumentsMismatch),
        ),
    ];
    let broken: Vec<Vec<Vec<u8>>> = (0..all.len())
        .flat_map(|n| {
            let mut short = all.clone();
            short[n].pop();
            let mut long = all.clone();
            long[n].push(0);
            [short, long]
        })
        .collect();
    for arguments in &broken {
        cases.push(("numbers", &[], &[], arguments, undecodable));
    }
    let single: Vec<(&str, Vec<u8>, Option<StatusCode>)> = vec![
        ("nested", vec![2, 1, 1, 2, 0, 1], None),
        ("nested", vec![2, 1, 2, 2, 0, 1], undecodable),
        ("nested", vec![2, 1, 1], undecodable),
        ("nested", vec![0x80, 0x00], undecodable),
        ("nested", vec![0xff, 0xff, 0xff, 0xff, 0x0f], undecodable),
        (
            "nested",
            vec![0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            undecodable,
        ),
        ("bytes", vec![3, 1, 2, 3], None),
        ("bytes", vec![4, 1, 2, 3], undecodable),
        ("bytes", vec![2, 1, 2], Some(S::Aborted)),
        (
            "by_reference",
            u64_bytes(1),
            Some(S::InvalidMainFunctionSignature),
        ),
        ("own", u64_bytes(1), Some(S::InvalidMainFunctionSignature)),
    ];
    let single: Vec<_> = single
        .into_iter()
        .map(|(f, a, s)| (f, vec![a], s))
        .collect();
    for (function, arguments, status) in &single {
        cases.push((function, &[], &[], arguments, *status));
    }
    check(&cases);
}

#[test]
fn structs_are_made_by_their_constructors_only() {
    use StatusCode as S;
    let undecodable = Some(S::FailedToDeserializeArgument);
    let texts = |bytes: &[u8]| vec![bytes.to_vec()];
    check(&[
        ("text", &[], &[1], &texts(b"\x02ok"), None),
        // The constructor refuses, as it would anybody.
        ("text", &[], &[1], &texts(b"\x06longer"), Some(S::Aborted)),
        ("text", &[], &[1], &texts(b"\x03ok"), undecodable),
        ("text", &[], &[1], &texts(b"\x02ok!"), undecodable),
        ("texts", &[], &[], &texts(b"\x02\x00\x01\x02ok"), None),
        (
            "texts",
            &[],
            &[],
            &texts(b"\x01\x02\x02ok\x02ok"),
            Some(S::Aborted),
        ),
        ("texts", &[], &[], &texts(b"\x02\x00"), undecodable),
        ("object", &[], &[], &[address(10)], None),
        ("object", &[], &[], &[address(11)], Some(S::Aborted)),
    ]);
}

#[test]
fn the_abort_of_a_constructor_says_where() {
    for interpreter in ENGINES {
        let mut chain = chain(interpreter);
        let error = enter(&mut chain, "object", &[], &[], &[address(11)]).unwrap_err();
        assert_eq!(error.details().sub_status, Some(393_218));
        let object = ModuleId::new(Address::small(1), "object");
        let location = lumio_move_engine::Location::Module(object);
        assert_eq!(error.details().location, location);
    }
}

#[test]
fn constructors_cost_gas() {
    for interpreter in ENGINES {
        let mut chain = chain(interpreter);
        let arguments = [b"\x02ok".to_vec()];
        let constructors = constructors();
        let signers = [Address::small(1)];
        let mut run = |budget| {
            let mut gas = Gas::new(budget);
            let given = EntryArguments {
                signers: &signers,
                arguments: &arguments,
                constructors: &constructors,
            };
            let result =
                chain.session(|s| s.call_entry(&id("target"), "text", &[], given, &mut gas));
            (result.err().map(|e| e.status()), gas.left())
        };
        let (done, left) = run(1_000);
        assert_eq!(done, None);
        let cost = 1_000 - left;
        assert!(cost > 5, "{cost}");
        assert_eq!(run(cost), (None, 0));
        assert_eq!(run(cost - 1), (Some(StatusCode::OutOfGas), 0));
        assert_eq!(run(3), (Some(StatusCode::OutOfGas), 0));
    }
}

#[test]
fn scripts_follow_the_same_rules() {
    let script = assemble_script(
        "script version 7 fun main(s: &signer, n: u64) { move_loc n ld_u64 5 eq br_true l ld_u64 1 abort l: ret }",
    )
    .unwrap_or_else(|error| panic!("{error}"));
    let script = write_script(&script).unwrap();
    let constructors = constructors();
    for interpreter in ENGINES {
        let mut chain = chain(interpreter);
        let mut run = |signers: &[u8], arguments: &[Vec<u8>]| {
            let signers: Vec<Address> = signers.iter().map(|n| Address::small(*n)).collect();
            let given = EntryArguments {
                signers: &signers,
                arguments,
                constructors: &constructors,
            };
            let gas = &mut Gas::unlimited();
            let result = chain.session(|s| s.run_entry_script(&script, &[], given, gas));
            result.err().map(|error| error.status())
        };
        assert_eq!(run(&[1], &[u64_bytes(5)]), None);
        assert_eq!(run(&[1], &[u64_bytes(6)]), Some(StatusCode::Aborted));
        assert_eq!(
            run(&[], &[u64_bytes(5)]),
            Some(StatusCode::NumberOfSignerArgumentsMismatch)
        );
        assert_eq!(run(&[1], &[]), Some(StatusCode::NumberOfArgumentsMismatch));
        assert_eq!(
            run(&[1], &[vec![0; 7]]),
            Some(StatusCode::FailedToDeserializeArgument)
        );
    }
}

/// Structs with constructors that embedders should not have named, and one that is checked natively.
const ODD: &str = "
module 0x42::odd version 7
struct Empty has drop { b: bool }
struct Signed has drop { by: address }
struct Borrowed has drop { n: u64 }
struct Other has drop { n: u64 }
public fun empty(): Empty { ld_true pack Empty ret }
public fun signed(s: signer): Signed { ld_const<address> 0x1 pack Signed ret }
public fun borrowed(n: &u64): Borrowed { move_loc n read_ref pack Borrowed ret }
public fun other(n: u64): Borrowed { move_loc n pack Borrowed ret }
entry fun empties(v: vector<Empty>) { ret }
entry fun take_signed(s: Signed) { ret }
entry fun take_borrowed(b: Borrowed) { ret }
entry fun take_other(o: Other) { ret }
";

/// The status of a call of `0x42::odd`, and the gas that it took.
fn odd(
    interpreter: lumio_move_engine::Interpreter,
    function: &str,
    arguments: &[Vec<u8>],
) -> (Option<StatusCode>, u64) {
    let mut constructors = Constructors::default();
    for (structure, function) in [
        ("Empty", "empty"),
        ("Signed", "signed"),
        ("Borrowed", "borrowed"),
        ("Other", "other"),
    ] {
        constructors.add(id("odd"), structure, function);
    }
    let mut chain = Chain::with(interpreter, &[ODD]);
    let given = EntryArguments {
        signers: &[Address::small(1)],
        arguments,
        constructors: &constructors,
    };
    let mut gas = Gas::new(100_000);
    let result = chain.session(|s| s.call_entry(&id("odd"), function, &[], given, &mut gas));
    (result.err().map(|e| e.status()), 100_000 - gas.left())
}

#[test]
fn counts_are_held_against_the_bytes_before_constructors_run() {
    let undecodable = Some(StatusCode::FailedToDeserializeArgument);
    for interpreter in ENGINES {
        assert_eq!(odd(interpreter, "empties", &[vec![0]]).0, None);
        for bytes in [
            vec![1],
            vec![2, 0],
            vec![0xff, 0xff, 0xff, 0xff, 0x0f, 0],
            vec![0xff, 0xff, 0xff, 0xff, 0x0f],
        ] {
            let (status, gas) = odd(interpreter, "empties", std::slice::from_ref(&bytes));
            assert_eq!((status, gas), (undecodable, 0), "{bytes:?}");
        }
        // The constructor runs, and the byte is left over.
        let (status, gas) = odd(interpreter, "empties", &[vec![1, 0]]);
        assert_eq!(status, undecodable);
        assert!(gas > 0);
    }
}

#[test]
fn constructors_forge_no_signer_and_make_their_own_struct_only() {
    let refused = Some(StatusCode::InvalidMainFunctionSignature);
    for interpreter in ENGINES {
        let signer = address(1);
        assert_eq!(odd(interpreter, "take_signed", &[signer]).0, refused);
        let n = u64_bytes(1);
        assert_eq!(
            odd(interpreter, "take_borrowed", std::slice::from_ref(&n)).0,
            refused
        );
        assert_eq!(odd(interpreter, "take_other", &[n]).0, refused);
    }
}

#[test]
fn texts_that_are_not_utf8_are_refused_by_their_constructor() {
    const CHECKED: &str = "
module 0x1::string version 7
struct String has copy, drop, store { bytes: vector<u8> }
native fun internal_check_utf8(v: &vector<u8>): bool
public fun utf8(v: vector<u8>): String {
    imm_borrow_loc v call internal_check_utf8 br_true l ld_u64 1 abort
   l: move_loc v pack String ret
}
";
    for interpreter in ENGINES {
        let run = |function: &str, bytes: &[u8]| {
            let mut chain = Chain::with(interpreter, &[CHECKED, OPTION, OBJECT, TARGET]);
            let signers: &[u8] = if function == "text" { &[1] } else { &[] };
            let result = enter(&mut chain, function, &[], signers, &[bytes.to_vec()]);
            result.err().map(|e| (e.status(), e.details().sub_status))
        };
        let refused = Some((StatusCode::Aborted, Some(1)));
        assert_eq!(run("text", b"\x05a\xc3\xa9bc"), None);
        assert_eq!(run("text", b"\x02\xc3("), refused);
        assert_eq!(run("text", b"\x01\xff"), refused);
        assert_eq!(run("texts", b"\x02\x01\x01a\x01\x01b"), None);
        assert_eq!(run("texts", b"\x02\x01\x01a\x01\x01\xff"), refused);
    }
}
