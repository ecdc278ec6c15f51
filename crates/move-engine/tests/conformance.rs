//! What public conformance suites fix about calls, scripts and publications: which status each
//! misuse from outside gives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chain;

use chain::{Chain, ENGINES, id, tag, u64_bytes};
use lumio_move_engine::{
    Gas, Location, PublishOptions, Returned, StatusCode as S, VmError, VmResult,
    format::write_script, text::assemble_script,
};

const M: &str = "
module 0x42::m version 7
struct Wrap<T> has copy, drop, store { x: T }
struct Cell<T> has key, store { x: T }
struct Three<phantom A, phantom B, phantom C> has copy, drop, store { x: bool }
public fun nothing() { ret }
fun number(x: u64) { ret }
fun read(x: &u64) { ret }
fun write(x: &mut u64) { ld_u64 90 move_loc x write_ref ret }
fun two(x: u64, y: bool) { ret }
fun any<T: copy + drop>(x: T) { ret }
fun any_ref<T: copy + drop>(x: &T) { ret }
fun wrapped<T: copy + drop>(x: Wrap<T>) { ret }
fun list<T: copy + drop>(x: vector<T>) { ret }
fun who(x: &signer): &signer { move_loc x ret }
fun same(x: &mut u64, y: &bool): (&mut u64, &bool, u8) { move_loc x move_loc y ld_u8 3 ret }
fun inside(x: &mut Wrap<u64>): &mut u64 { move_loc x mut_borrow_field Wrap::x<u64> ret }
fun forever(): u64 { call forever ret }
fun triple<T>() { call tripled<T, T, T> ret }
fun tripled<A, B, C>() { vec_pack<Three<A, B, C>> 0 pop ret }
";

fn call(chain: &mut Chain, name: &str, types: &[&str], arguments: &[&[u8]]) -> VmResult<Returned> {
    let types: Vec<_> = types.iter().map(|t| tag(t)).collect();
    let arguments: Vec<_> = arguments.iter().map(|a| a.to_vec()).collect();
    chain.call_with("m", name, &types, &arguments, &mut Gas::unlimited())
}

fn script(
    chain: &mut Chain,
    text: &str,
    types: &[&str],
    arguments: &[&[u8]],
) -> VmResult<Returned> {
    let script = assemble_script(text).unwrap_or_else(|e| panic!("{e}"));
    let bytes = write_script(&script).unwrap();
    let types: Vec<_> = types.iter().map(|t| tag(t)).collect();
    let arguments: Vec<_> = arguments.iter().map(|a| a.to_vec()).collect();
    chain.session(|s| s.run_script(&bytes, &types, &arguments, &mut Gas::unlimited()))
}

fn offsets(error: &VmError) -> Vec<(u16, u16)> {
    error
        .details()
        .offsets
        .iter()
        .map(|(f, at)| (f.0, *at))
        .collect()
}

const ONE: [u8; 8] = [1, 0, 0, 0, 0, 0, 0, 0];

#[test]
fn arguments_from_outside_are_counted_and_then_decoded() {
    let (counted, decoded) = (S::NumberOfArgumentsMismatch, S::FailedToDeserializeArgument);
    type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a [u8]], S);
    let cases: [Case<'_>; 14] = [
        ("nothing", &[], &[&ONE], counted),
        ("number", &[], &[], counted),
        ("two", &[], &[&ONE], counted),
        ("two", &[], &[&[9], &[1], &[1]], counted),
        ("number", &[], &[&[1]], decoded),
        ("number", &[], &[&[0; 16]], decoded),
        ("read", &[], &[&[1]], decoded),
        ("write", &[], &[&[0; 16]], decoded),
        ("two", &[], &[&ONE, &[2]], decoded),
        ("who", &[], &[&[7; 31]], decoded),
        ("any", &["bool"], &[&ONE], decoded),
        ("any_ref", &["bool"], &[&ONE], decoded),
        ("wrapped", &["bool"], &[&ONE], decoded),
        ("list", &["bool"], &[&[2, 1]], decoded),
    ];
    for engine in ENGINES {
        let mut chain = Chain::with(engine, &[M]);
        for (name, types, arguments, status) in cases {
            let error = call(&mut chain, name, types, arguments).unwrap_err();
            let what = format!("{name} {types:?} {arguments:?}");
            assert_eq!(error.status(), status, "{what}");
            assert_eq!(error.details().location, Location::Undefined, "{what}");
        }
        for (name, types, arguments) in [
            ("nothing", &[][..], &[][..]),
            ("read", &[], &[&ONE[..]]),
            ("wrapped", &["bool"], &[&[0]]),
            ("list", &["u16"], &[&[2, 0, 0, 0, 0]]),
        ] {
            call(&mut chain, name, types, arguments).unwrap();
        }
    }
}

#[test]
fn names_and_type_arguments_from_outside_have_their_own_codes() {
    let cases: [(&str, &[&str], S); 11] = [
        ("absent", &[], S::FunctionResolutionFailure),
        ("any", &[], S::NumberOfTypeArgumentsMismatch),
        ("any", &["u64", "u64"], S::NumberOfTypeArgumentsMismatch),
        ("nothing", &["u64"], S::NumberOfTypeArgumentsMismatch),
        ("any", &["signer"], S::ConstraintNotSatisfied),
        ("any", &["0x42::m::Cell<u64>"], S::ConstraintNotSatisfied),
        ("any", &["0x42::m::Nope"], S::TypeResolutionFailure),
        ("any", &["vector<0x42::m::Nope>"], S::TypeResolutionFailure),
        ("any", &["0x42::nope::Nope"], S::LinkerError),
        ("any", &["0x42::m::Wrap"], S::NumberOfTypeArgumentsMismatch),
        (
            "any",
            &["0x42::m::Wrap<u8, u8>"],
            S::NumberOfTypeArgumentsMismatch,
        ),
    ];
    for engine in ENGINES {
        let mut chain = Chain::with(engine, &[M]);
        for (name, types, status) in cases {
            let error = call(&mut chain, name, types, &[&ONE]).unwrap_err();
            assert_eq!(error.status(), status, "{name} {types:?}");
        }
        let error = chain.call("absent", "f", &[]).unwrap_err();
        assert_eq!(error.status(), S::LinkerError);
        assert_eq!(error.details().location, Location::Undefined);
    }
}

#[test]
fn references_are_returned_by_what_they_point_to() {
    for engine in ENGINES {
        let mut chain = Chain::with(engine, &[M]);
        let mut run = |name, arguments: &[&[u8]]| {
            let returned = call(&mut chain, name, &[], arguments).unwrap();
            (returned.values, returned.mutated)
        };
        assert_eq!(run("write", &[&ONE]), (vec![], vec![(0, u64_bytes(90))]));
        assert_eq!(run("who", &[&[7; 32]]), (vec![vec![7; 32]], vec![]));
        let same = vec![ONE.to_vec(), vec![1], vec![3]];
        assert_eq!(run("same", &[&ONE, &[1]]), (same, vec![(0, ONE.to_vec())]));
        let inside = vec![ONE.to_vec()];
        assert_eq!(run("inside", &[&ONE]), (inside, vec![(0, ONE.to_vec())]));
    }
}

/// `Three` of `Three` of …, so many times: each adds three nodes and one level to the one of `u64`.
fn nested(times: usize) -> String {
    let wrap = |inner: String, _| format!("0x42::m::Three<{inner}, u64, u64>");
    (0..times).fold("u64".to_owned(), wrap)
}

#[test]
fn types_may_have_128_nodes_and_20_levels() {
    let three = |a: &str, b: &str, c: &str| format!("0x42::m::Three<{a}, {b}, {c}>");
    let thirteen = nested(4);
    let forty = three(&thirteen, &thirteen, &thirteen);
    // 1 + 40 + 40 + (1 + 40 + 5 + 1) = 128
    let of = |levels: usize| {
        let last = "vector<".repeat(levels) + "u8" + &">".repeat(levels);
        three(&forty, &forty, &three(&forty, &last, "u8"))
    };
    for engine in ENGINES {
        let mut chain = Chain::with(engine, &[M]);
        let vectors = |levels: usize| "vector<".repeat(levels) + "u8" + &">".repeat(levels);
        let mut any = |ty: &str| call(&mut chain, "any", &[ty], &[&[0]]).map_err(|e| e.status());
        any(&vectors(19)).unwrap();
        assert_eq!(any(&vectors(20)).unwrap_err(), S::VmMaxTypeDepthReached);
        any(&of(4)).unwrap();
        assert_eq!(any(&of(5)).unwrap_err(), S::TooManyTypeNodes);
    }
}

#[test]
fn a_type_that_grows_too_large_inside_is_refused() {
    for engine in ENGINES {
        let mut chain = Chain::with(engine, &[M]);
        call(&mut chain, "triple", &[&nested(10)], &[]).unwrap();
        let error = call(&mut chain, "triple", &[&nested(15)], &[]).unwrap_err();
        assert_eq!(error.status(), S::TooManyTypeNodes);
        assert_eq!(error.details().location, Location::Module(id("m")));
    }
}

#[test]
fn endless_recursion_overflows_the_call_stack_where_it_calls() {
    for engine in ENGINES {
        let mut chain = Chain::with(engine, &[M]);
        let error = call(&mut chain, "forever", &[], &[]).unwrap_err();
        assert_eq!(error.status(), S::CallStackOverflow);
        assert_eq!(error.details().location, Location::Module(id("m")));
        assert_eq!(offsets(&error), [(12, 0)]);
    }
}

#[test]
fn scripts_are_refused_by_the_same_codes() {
    let uses = |item: &str, call: &str| {
        format!("script version 6 use 0x42::{item} fun main() {{ {call} ret }}")
    };
    let missing = uses("none { fun f(); }", "call 0x42::none::f");
    let absent = uses("m { fun f(); }", "call 0x42::m::f");
    let private = uses("m { fun number(u64); }", "ld_u64 1 call 0x42::m::number");
    let other = uses("m { fun nothing(u8); }", "ld_u8 1 call 0x42::m::nothing");
    let takes = "script version 6 fun main<T: store>(x: u8) { ret }";
    let cast = "script version 6 fun main() { ld_u64 256 cast_u8 pop ret }";
    let abort = "script version 6 fun main() { ld_u64 42 abort }";
    type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a [u8]], S, &'a [(u16, u16)]);
    let cases: [Case<'_>; 10] = [
        (takes, &["u8"], &[], S::NumberOfArgumentsMismatch, &[]),
        (takes, &["u8"], &[&ONE], S::FailedToDeserializeArgument, &[]),
        (takes, &[], &[&[1]], S::NumberOfTypeArgumentsMismatch, &[]),
        (takes, &["signer"], &[&[1]], S::ConstraintNotSatisfied, &[]),
        (&missing, &[], &[], S::LinkerError, &[]),
        (&absent, &[], &[], S::LookupFailed, &[]),
        (&private, &[], &[], S::LookupFailed, &[]),
        (&other, &[], &[], S::TypeMismatch, &[]),
        (cast, &[], &[], S::ArithmeticError, &[(0, 1)]),
        (abort, &[], &[], S::Aborted, &[(0, 1)]),
    ];
    for engine in ENGINES {
        let mut chain = Chain::with(engine, &[M]);
        for (text, types, arguments, status, at) in cases {
            let error = script(&mut chain, text, types, arguments).unwrap_err();
            assert_eq!(error.status(), status, "{text}");
            assert_eq!(offsets(&error), at, "{text}");
            if !at.is_empty() {
                assert_eq!(error.details().location, Location::Script, "{text}");
            }
        }
        let text = "script version 6 fun main(y: u8, s: &signer, x: &mut u64) {
                        ld_u64 5 move_loc x write_ref ret }";
        let returned = script(&mut chain, text, &[], &[&[1], &[7; 32], &ONE]).unwrap();
        assert_eq!(returned.mutated, [(2, u64_bytes(5))]);
    }
}

#[test]
fn publications_are_refused_by_their_first_fault() {
    let checked = PublishOptions::default();
    let unchecked = PublishOptions {
        check_linking: false,
        check_layout: false,
        check_friends: false,
    };
    let uses = |module: &str, of: &str, item: &str, body: &str| {
        format!(
            "module 0x42::{module} version 7 use 0x42::{of} {{ {item} }}
             public fun f() {{ {body} ret }}"
        )
    };
    let friend = |module: &str, of: &str| format!("module 0x42::{module} version 7 friend {of}");
    let none = uses("n", "none", "fun f();", "call 0x42::none::f");
    let absent = uses("n", "m", "fun f();", "call 0x42::m::f");
    let private = uses(
        "n",
        "m",
        "fun number(u64);",
        "ld_u64 1 call 0x42::m::number",
    );
    let on_a = uses("b", "a", "fun f();", "call 0x42::a::f");
    let on_b = uses("a", "b", "fun f();", "call 0x42::b::f");
    let a = "module 0x42::a version 7 public fun f() { ret }";
    let broken = "module 0x42::a version 7 public fun g() { pop ret }";
    let outside = S::InvalidFriendDeclWithModulesOutsideAccountAddress;
    for engine in ENGINES {
        let mut chain = Chain::with(engine, &[M]);
        let mut refuse = |text: &str, options: &PublishOptions, status, of: Option<&str>| {
            let error = chain.publish(&[text], options).unwrap_err();
            let place = of.map_or(Location::Undefined, |name| Location::Module(id(name)));
            assert_eq!(
                (error.status(), &error.details().location),
                (status, &place),
                "{text}"
            );
        };
        refuse(&none, &checked, S::LinkerError, None);
        refuse(&absent, &checked, S::LookupFailed, Some("n"));
        refuse(&private, &checked, S::LookupFailed, Some("n"));
        refuse(&friend("n", "0x42::none"), &checked, S::LinkerError, None);
        refuse(&friend("n", "0x42::none"), &unchecked, S::LinkerError, None);
        refuse(
            &friend("n", "0x42::n"),
            &checked,
            S::InvalidFriendDeclWithSelf,
            Some("n"),
        );
        refuse(&friend("n", "0x43::m"), &checked, outside, Some("n"));

        let of_c = friend("d", "0x42::c");
        for text in [a, &on_a, "module 0x42::c version 7", &of_c] {
            chain.publish(&[text], &checked).unwrap();
        }
        let mut status =
            |text: &str, options| chain.publish(&[text], options).unwrap_err().status();
        assert_eq!(status(&on_b, &checked), S::CyclicModuleDependency);
        assert_eq!(
            status(&friend("c", "0x42::d"), &checked),
            S::CyclicModuleFriendship
        );
        // Who relies on the old module is told before the verifier looks at the new one.
        assert_eq!(
            status(broken, &checked),
            S::BackwardIncompatibleModuleUpdate
        );
        assert_eq!(status(broken, &unchecked), S::NegativeStackSizeWithinBlock);
    }
}

#[test]
fn whether_a_module_loads_does_not_depend_on_which_friends_are_loaded() {
    let c = "module 0x42::c version 7 friend 0x42::d public fun f() { ret }";
    let d = "module 0x42::d version 7 friend 0x42::c public fun f() { ret }";
    let e = "module 0x42::e version 7
             use 0x42::c { fun f(); } use 0x42::d { fun f(); }
             public fun f() { call 0x42::c::f call 0x42::d::f ret }";
    for engine in ENGINES {
        for first in ["c", "d", "e"] {
            let mut chain = Chain::with(engine, &[c, d, e]);
            chain.call(first, "f", &[]).unwrap();
            for next in ["c", "d", "e"] {
                chain.call(next, "f", &[]).unwrap();
            }
        }
    }
}
