//! Hazards X12 and X14: bad input from outside leaves nothing behind, and what a call gives never
//! depends on what was loaded before. Also which calls may enter a module that is already running.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chain;

use chain::{Chain, ENGINES, assemble, id, tag, u64_bytes};
use lumio_move_engine::{
    Address, Gas, Interpreter, PublishOptions, Session, StatusCode, TypeTag, code::Code,
};

const COUNTER: &str = "
module 0x42::counter version 10
use 0x42::rules { fun step<T>(u64): u64; struct Kind has copy, drop, store; }
struct Count<T> has key { n: u64, log: vector<T> }
public fun begin<T: store>(s: &signer) {
    move_loc s ld_u64 0 vec_pack<T> 0 pack Count<T> move_to Count<T> ret
}
public fun bump<T: copy + drop + store>(a: address, item: T): u64 acquires Count {
    locals c: &mut Count<T>
    move_loc a mut_borrow_global Count<T> st_loc c
    copy_loc c mut_borrow_field Count::log<T> move_loc item vec_push_back<T>
    copy_loc c imm_borrow_field Count::n<T> read_ref call 0x42::rules::step<T>
    copy_loc c mut_borrow_field Count::n<T> write_ref
    move_loc c imm_borrow_field Count::n<T> read_ref ret
}
";
const RULES: &str = "
module 0x42::rules version 10
use 0x42::deep { fun one(): u64 }
enum Kind has copy, drop, store { A, B { x: u8 } }
public fun step<T>(n: u64): u64 { move_loc n call 0x42::deep::one add ret }
";
const DEEP: &str = "module 0x42::deep version 10 public fun one(): u64 { ld_u64 1 ret }";

fn account() -> Vec<u8> {
    Address::small(7).0.to_vec()
}

/// What is done to the cache before the calls that count.
const WARM_UPS: [&str; 6] = [
    "nothing",
    "the same calls",
    "other types first",
    "dependencies first",
    "a failed call",
    "another session's failed publication",
];

fn warm_up(chain: &mut Chain, how: &str) {
    let before = chain.memory.clone();
    let arguments = [account(), vec![5]];
    match how {
        "the same calls" => {
            chain
                .call_with(
                    "counter",
                    "begin",
                    &[TypeTag::U8],
                    &[account()],
                    &mut Gas::unlimited(),
                )
                .unwrap();
            chain
                .call_with(
                    "counter",
                    "bump",
                    &[TypeTag::U8],
                    &arguments,
                    &mut Gas::unlimited(),
                )
                .unwrap();
        }
        "other types first" => {
            let kind = tag("0x42::rules::Kind");
            chain
                .call_with(
                    "counter",
                    "begin",
                    std::slice::from_ref(&kind),
                    &[account()],
                    &mut Gas::unlimited(),
                )
                .unwrap();
            chain
                .call_with(
                    "counter",
                    "bump",
                    &[kind],
                    &[account(), vec![0]],
                    &mut Gas::unlimited(),
                )
                .unwrap();
        }
        "dependencies first" => {
            chain.call("deep", "one", &[]).unwrap();
            chain
                .call_with(
                    "rules",
                    "step",
                    &[TypeTag::Bool],
                    &[u64_bytes(1)],
                    &mut Gas::unlimited(),
                )
                .unwrap();
        }
        "a failed call" => {
            chain
                .call_with(
                    "counter",
                    "bump",
                    &[TypeTag::U8],
                    &arguments,
                    &mut Gas::new(30),
                )
                .unwrap_err();
            chain.call("missing", "f", &[]).unwrap_err();
        }
        "another session's failed publication" => {
            let other = DEEP.replace("ld_u64 1", "ld_u64 100");
            let result: Result<(), _> = chain.session(|s| {
                s.publish(&[assemble(&other)], &PublishOptions::default())?;
                let got = s.call(&id("deep"), "one", &[], &[], &mut Gas::unlimited())?;
                assert_eq!(got.values, [u64_bytes(100)]);
                Err(StatusCode::Aborted.into())
            });
            result.unwrap_err();
        }
        _ => {}
    }
    // The state is as before; only the cache remembers.
    chain.memory = before;
}

#[test]
fn results_changes_and_gas_do_not_depend_on_what_is_cached() {
    let mut all = Vec::new();
    for interpreter in ENGINES {
        for how in WARM_UPS {
            let mut chain = Chain::with(interpreter, &[DEEP, RULES, COUNTER]);
            warm_up(&mut chain, how);
            let mut gas = Gas::new(5_000);
            let begun = chain.call_with("counter", "begin", &[TypeTag::U8], &[account()], &mut gas);
            begun.unwrap();
            let mut values = Vec::new();
            for item in 0..3 {
                let arguments = [account(), vec![item]];
                let got = chain.call_with("counter", "bump", &[TypeTag::U8], &arguments, &mut gas);
                values.push(got.unwrap().values);
            }
            let failed =
                chain.call_with("counter", "begin", &[TypeTag::U8], &[account()], &mut gas);
            let failed = failed.unwrap_err();
            let state = chain.memory.state.clone();
            all.push((values, failed.status(), gas.left(), state));
        }
    }
    for other in &all {
        assert_eq!(other, &all[0]);
    }
    assert_eq!(all[0].0[2], [u64_bytes(3)]);
}

#[test]
fn a_cache_serves_many_sessions_of_both_interpreters() {
    // One cache, two engines that differ in the interpreter only, in turns.
    let mut chain = Chain::with(Interpreter::Plain, &[DEEP, RULES, COUNTER]);
    chain
        .call_with(
            "counter",
            "begin",
            &[TypeTag::U8],
            &[account()],
            &mut Gas::unlimited(),
        )
        .unwrap();
    for n in 1..=6_u64 {
        chain.engine.interpreter = ENGINES[usize::from(n % 2 == 0)];
        let arguments = [account(), vec![0]];
        let got = chain.call_with(
            "counter",
            "bump",
            &[TypeTag::U8],
            &arguments,
            &mut Gas::unlimited(),
        );
        assert_eq!(got.unwrap().values, [u64_bytes(n)]);
    }
}

#[test]
fn bad_input_has_its_status_and_changes_nothing() {
    use StatusCode as S;
    let begin = |chain: &mut Chain| {
        chain
            .call_with(
                "counter",
                "begin",
                &[TypeTag::U8],
                &[account()],
                &mut Gas::unlimited(),
            )
            .unwrap();
    };
    type Input<'a> = (&'a str, &'a str, Vec<TypeTag>, Vec<Vec<u8>>, S);
    let u8s = || vec![TypeTag::U8];
    let inputs: Vec<Input<'_>> = vec![
        ("missing", "f", vec![], vec![], S::LinkerError),
        (
            "counter",
            "missing",
            vec![],
            vec![],
            S::FunctionResolutionFailure,
        ),
        (
            "counter",
            "bump",
            vec![],
            vec![account(), vec![1]],
            S::NumberOfTypeArgumentsMismatch,
        ),
        (
            "counter",
            "bump",
            vec![TypeTag::U8, TypeTag::U8],
            vec![account(), vec![1]],
            S::NumberOfTypeArgumentsMismatch,
        ),
        (
            "counter",
            "bump",
            vec![TypeTag::Signer],
            vec![account(), account()],
            S::ConstraintNotSatisfied,
        ),
        (
            "counter",
            "bump",
            vec![tag("0x42::rules::Missing")],
            vec![account(), vec![1]],
            S::TypeResolutionFailure,
        ),
        (
            "counter",
            "bump",
            vec![tag("0x42::gone::T")],
            vec![account(), vec![1]],
            S::LinkerError,
        ),
        (
            "counter",
            "bump",
            vec![tag("0x42::rules::Kind<u8>")],
            vec![account(), vec![1]],
            S::NumberOfTypeArgumentsMismatch,
        ),
        (
            "counter",
            "bump",
            u8s(),
            vec![account()],
            S::NumberOfArgumentsMismatch,
        ),
        (
            "counter",
            "bump",
            u8s(),
            vec![account(), vec![1], vec![1]],
            S::NumberOfArgumentsMismatch,
        ),
        (
            "counter",
            "bump",
            u8s(),
            vec![account(), vec![]],
            S::FailedToDeserializeArgument,
        ),
        (
            "counter",
            "bump",
            u8s(),
            vec![account(), vec![1, 2]],
            S::FailedToDeserializeArgument,
        ),
        (
            "counter",
            "bump",
            u8s(),
            vec![vec![7; 31], vec![1]],
            S::FailedToDeserializeArgument,
        ),
        (
            "counter",
            "bump",
            vec![tag("0x42::rules::Kind")],
            vec![account(), vec![9]],
            S::FailedToDeserializeArgument,
        ),
    ];
    for interpreter in ENGINES {
        let mut chain = Chain::with(interpreter, &[DEEP, RULES, COUNTER]);
        begin(&mut chain);
        let before = (chain.memory.state.clone(), chain.memory.modules.clone());
        for (module, function, types, arguments, status) in &inputs {
            let gas = &mut Gas::unlimited();
            let error = chain
                .call_with(module, function, types, arguments, gas)
                .unwrap_err();
            assert_eq!(
                error.status(),
                *status,
                "{module}::{function} {types:?} {arguments:?}: {error}"
            );
            assert_eq!(
                (chain.memory.state.clone(), chain.memory.modules.clone()),
                before
            );
        }
        let arguments = [account(), vec![1]];
        let got = chain.call_with(
            "counter",
            "bump",
            &[TypeTag::U8],
            &arguments,
            &mut Gas::unlimited(),
        );
        assert_eq!(
            got.unwrap().values,
            [u64_bytes(1)],
            "the next session works"
        );
    }
}

#[test]
fn deep_and_large_types_are_refused() {
    let mut chain = Chain::with(ENGINES[1], &[DEEP, RULES, COUNTER]);
    let mut ty = TypeTag::U8;
    for _ in 0..200 {
        ty = TypeTag::Vector(Box::new(ty));
    }
    let gas = &mut Gas::unlimited();
    let error = chain
        .call_with("counter", "bump", &[ty], &[account(), vec![0]], gas)
        .unwrap_err();
    let limits = [
        StatusCode::VmMaxTypeDepthReached,
        StatusCode::VmMaxTypeNodesReached,
        StatusCode::TooManyTypeNodes,
    ];
    assert!(limits.contains(&error.status()), "{error}");
}

#[test]
fn a_session_that_failed_is_over() {
    for interpreter in ENGINES {
        let mut chain = Chain::with(interpreter, &[DEEP, RULES, COUNTER]);
        let mut session = Session::new(&chain.engine, &mut chain.code, &mut chain.memory).unwrap();
        let (counter, u8s) = (id("counter"), [TypeTag::U8]);
        let gas = &mut Gas::unlimited();
        session
            .call(&counter, "begin", &u8s, &[account()], gas)
            .unwrap();
        let first = session
            .call(&counter, "begin", &u8s, &[account()], gas)
            .unwrap_err();
        assert_eq!(first.status(), StatusCode::ResourceAlreadyExists);
        let arguments = [account(), vec![1]];
        assert_eq!(
            session
                .call(&counter, "bump", &u8s, &arguments, gas)
                .unwrap_err(),
            first
        );
        assert_eq!(
            session
                .publish(&[], &PublishOptions::default())
                .unwrap_err(),
            first
        );
        assert_eq!(session.finish().unwrap_err(), first);
    }
}

#[test]
fn a_publication_is_all_or_nothing() {
    for interpreter in ENGINES {
        let mut chain = Chain::new(interpreter);
        // In any order, but not in part.
        chain
            .publish(&[COUNTER, DEEP, RULES], &PublishOptions::default())
            .unwrap();
        let before = chain.memory.modules.clone();
        let bad = "module 0x42::bad version 10 use 0x42::deep { fun two(): u64 } fun f(): u64 { call 0x42::deep::two ret }";
        let new = "module 0x42::new version 10";
        let error = chain
            .publish(&[new, bad], &PublishOptions::default())
            .unwrap_err();
        assert_eq!(error.status(), StatusCode::LookupFailed);
        assert_eq!(chain.memory.modules, before);
        let error = chain
            .publish(&[new, new], &PublishOptions::default())
            .unwrap_err();
        assert_eq!(error.status(), StatusCode::DuplicateModuleName);
        let cycle = "module 0x42::deep version 10 use 0x42::rules { fun step<T>(u64): u64 }
            public fun one(): u64 { ld_u64 1 call 0x42::rules::step<u8> ret }";
        let error = chain
            .publish(&[cycle], &PublishOptions::default())
            .unwrap_err();
        assert_eq!(error.status(), StatusCode::CyclicModuleDependency);
        assert_eq!(chain.memory.modules, before);
    }
}

/// Native structs are refused at once, native functions that nobody provides when they are called.
#[test]
fn what_nobody_provides_is_missing() {
    for interpreter in ENGINES {
        let mut chain = Chain::new(interpreter);
        let structure = "module 0x42::a version 6 native struct S";
        let error = chain
            .publish(&[structure], &PublishOptions::default())
            .unwrap_err();
        assert_eq!(error.status(), StatusCode::MissingDependency);
        let function = "module 0x42::b version 6 native public fun f()
            public fun g() { call f ret }";
        chain
            .publish(&[function], &PublishOptions::default())
            .unwrap();
        for name in ["f", "g"] {
            let error = chain.call("b", name, &[]).unwrap_err();
            assert_eq!(error.status(), StatusCode::MissingDependency, "{name}");
        }
    }
}

/// A module whose function runs what it is given, and others that come back into it.
const REENTRANT: [&str; 3] = [
    "module 0x42::leaf version 10 public fun own(): u64 { ld_u64 6 ret }",
    "module 0x42::runner version 10
     struct R has key { n: u64 }
     public fun free(f: ||u64 has drop): u64 { move_loc f call_closure<||u64 has drop> ret }
     #[module_lock] public fun locked(f: ||u64 has drop): u64 { move_loc f call_closure<||u64 has drop> ret }
     public fun plain(): u64 { ld_u64 5 ret }
     public fun free_then(a: address, f: ||u64 has drop): u64 acquires R { move_loc f call_closure<||u64 has drop> pop move_loc a imm_borrow_global R imm_borrow_field R::n read_ref ret }
     public fun touches(a: address): u64 acquires R { move_loc a imm_borrow_global R imm_borrow_field R::n read_ref ret }
     public fun start(s: &signer) { move_loc s ld_u64 8 pack R move_to R ret }",
    "module 0x42::user version 10
     use 0x42::leaf { fun own(): u64 }
     use 0x42::runner { fun free(||u64 has drop): u64; #[module_lock] fun locked(||u64 has drop): u64; fun plain(): u64; fun touches(address): u64; fun free_then(address, ||u64 has drop): u64 }
     fun inner(a: address): u64 { move_loc a pack_closure back mask=0b0 call 0x42::runner::free_then ret }
     fun inner_twice(a: address): u64 { move_loc a pack_closure inner mask=0b1 call 0x42::runner::free ret }
     public fun wrapped(a: address): u64 { move_loc a pack_closure inner mask=0b1 call_closure<||u64 has drop> ret }
     public fun wrapped_twice(a: address): u64 { move_loc a pack_closure inner_twice mask=0b1 call_closure<||u64 has drop> ret }
     fun back(): u64 { call 0x42::runner::plain ret }
     fun back_to(a: address): u64 { move_loc a call 0x42::runner::touches ret }
     fun own(): u64 { ld_u64 6 ret }
     public fun free_own(): u64 { pack_closure own mask=0b0 call 0x42::runner::free ret }
     public fun free_back(): u64 { pack_closure back mask=0b0 call 0x42::runner::free ret }
     public fun free_touches(a: address): u64 { move_loc a pack_closure back_to mask=0b1 call 0x42::runner::free ret }
     public fun locked_own(): u64 { pack_closure own mask=0b0 call 0x42::runner::locked ret }
     public fun locked_leaf(): u64 { pack_closure 0x42::leaf::own mask=0b0 call 0x42::runner::locked ret }
     public fun locked_back(): u64 { pack_closure back mask=0b0 call 0x42::runner::locked ret }",
];

#[test]
fn a_module_that_was_left_again_may_touch_its_resources() {
    for interpreter in ENGINES {
        let mut chain = Chain::with(interpreter, &REENTRANT);
        chain.call("runner", "start", &[account()]).unwrap();
        // All of it runs in a function value; the runner's second entry is over when it touches.
        let done = chain.call("user", "wrapped", &[account()]).unwrap();
        assert_eq!(done.values, [u64_bytes(8)]);
        // Here its first entry still waits.
        let refused = chain
            .call("user", "wrapped_twice", &[account()])
            .unwrap_err();
        assert_eq!(refused.status(), StatusCode::RuntimeDispatchError);
        // What was active when it failed is forgotten.
        let done = chain.call("user", "wrapped", &[account()]).unwrap();
        assert_eq!(done.values, [u64_bytes(8)]);
    }
}

#[test]
fn a_module_that_waits_for_a_function_value_is_guarded() {
    for interpreter in ENGINES {
        let mut chain = Chain::with(interpreter, &REENTRANT);
        chain.call("runner", "start", &[account()]).unwrap();
        let ok = |chain: &mut Chain, function: &str, arguments: &[Vec<u8>]| {
            let result = chain.call("user", function, arguments);
            result.map(|r| r.values[0][0]).map_err(|e| e.status())
        };
        assert_eq!(ok(&mut chain, "free_own", &[]), Ok(6));
        // Coming back is allowed, but not to resources.
        assert_eq!(ok(&mut chain, "free_back", &[]), Ok(5));
        assert_eq!(
            ok(&mut chain, "free_touches", &[account()]),
            Err(StatusCode::RuntimeDispatchError)
        );
        // Under a lock no module that is running may be entered again.
        assert_eq!(ok(&mut chain, "locked_leaf", &[]), Ok(6));
        for function in ["locked_own", "locked_back"] {
            let refused = Err(StatusCode::RuntimeDispatchError);
            assert_eq!(ok(&mut chain, function, &[]), refused, "{function}");
        }
        // Afterwards everything is free again.
        let touched = chain.call("runner", "touches", &[account()]).unwrap();
        assert_eq!(touched.values, [u64_bytes(8)]);
        chain.code = Code::default();
        assert_eq!(ok(&mut chain, "free_back", &[]), Ok(5));
    }
}

#[test]
fn the_verifier_is_paid_for_known_code_too() {
    let module = assemble(
        "module 0x42::m version 10
         public fun sum(n: u64): u64 { move_loc n ld_u64 1 add ret }",
    );
    let script = lumio_move_engine::text::assemble_script(
        "script version 10 fun main(n: u64) { move_loc n ld_u64 1 add pop ret }",
    );
    let script = lumio_move_engine::format::write_script(&script.unwrap()).unwrap();
    for interpreter in ENGINES {
        let mut chain = Chain::new(interpreter);
        chain.engine.gas.verify_per_unit = 1_000;
        let publish = |chain: &mut Chain, budget: u64| {
            let mut gas = Gas::new(budget);
            let options = PublishOptions::default();
            let modules = [module.clone()];
            let result = chain.session(|s| s.publish_for(&modules, &options, &mut gas));
            (budget - gas.left(), result.map_err(|e| e.status()))
        };
        let (cost, result) = publish(&mut chain, 1_000_000_000);
        assert_eq!(result, Ok(()));
        assert!(cost >= 1_000 && cost.is_multiple_of(1_000), "{cost}");
        // Once more, now that its code has passed; then with one unit too little.
        assert_eq!(publish(&mut chain, cost), (cost, Ok(())));
        let refused = (cost - 1, Err(StatusCode::OutOfGas));
        assert_eq!(publish(&mut chain, cost - 1), refused);

        let run = |chain: &mut Chain, budget: u64| {
            let mut gas = Gas::new(budget);
            let result = chain.session(|s| s.run_script(&script, &[], &[u64_bytes(1)], &mut gas));
            (
                budget - gas.left(),
                result.map_err(|e| e.status()).map(|_| ()),
            )
        };
        let (cost, result) = run(&mut chain, 1_000_000_000);
        assert_eq!(result, Ok(()));
        assert!(cost > 1_000, "{cost}");
        assert_eq!(run(&mut chain, 1_000_000_000), (cost, Ok(())));
        chain.code = Code::default();
        let refused = (cost - 1, Err(StatusCode::OutOfGas));
        assert_eq!(run(&mut chain, cost - 1), refused);
    }
}
