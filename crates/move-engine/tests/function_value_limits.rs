//! What bounds function values: how deep they are inside each other, what packing one costs, which
//! may be stored or serialised, and what becomes of a stored one whose function has changed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chain;

use chain::{Chain, ENGINES, u64_bytes};
use lumio_move_engine::{Address, Gas, PublishOptions, StatusCode, code::Code};

fn account() -> Vec<u8> {
    Address::small(7).0.to_vec()
}

/// Function values inside each other, kept in resources.
const NESTED: &str = "
module 0x42::nested version 10
struct Kept has key { f: || has copy + drop + store }
struct List has key { all: vector<|| has copy + drop + store> }
#[persistent] fun last() { ret }
#[persistent] fun wrap(f: || has copy + drop + store) { ret }
public fun nest(n: u64): || has copy + drop + store {
    locals f: || has copy + drop + store
    pack_closure last mask=0 st_loc f branch again
  again:
    copy_loc n ld_u64 0 eq br_true end
    move_loc f pack_closure wrap mask=0b1 st_loc f
    move_loc n ld_u64 1 sub st_loc n
    branch again
  end:
    move_loc f ret
}
public fun keep(s: &signer, n: u64) { move_loc s move_loc n call nest pack Kept move_to Kept ret }
public fun begin(s: &signer) {
    move_loc s vec_pack<|| has copy + drop + store> 0 pack List move_to List ret
}
public fun push(a: address, n: u64) acquires List {
    move_loc a mut_borrow_global List mut_borrow_field List::all
    move_loc n call nest vec_push_back<|| has copy + drop + store> ret
}
public fun run(a: address) acquires Kept {
    move_loc a imm_borrow_global Kept imm_borrow_field Kept::f read_ref
    call_closure<|| has copy + drop + store> ret
}
public fun count(a: address): u64 acquires List {
    move_loc a imm_borrow_global List imm_borrow_field List::all
    vec_len<|| has copy + drop + store> ret
}
";

#[test]
fn function_values_inside_each_other_are_bounded() {
    for interpreter in ENGINES {
        let mut chain = Chain::with(interpreter, &[NESTED]);
        chain.call("nested", "nest", &[u64_bytes(127)]).unwrap();
        for n in [128, 1_000_000] {
            let error = chain.call("nested", "nest", &[u64_bytes(n)]).unwrap_err();
            assert_eq!(error.status(), StatusCode::VmMaxValueDepthReached);
            assert_eq!(error.details().offsets[0].1, 8, "{interpreter:?}");
        }
    }
}

/// What is too deep to be read again is not stored, or whoever may add a function value to
/// another's resource could make it unusable.
#[test]
fn what_is_stored_can_be_read_again() {
    for interpreter in ENGINES {
        let mut chain = Chain::with(interpreter, &[NESTED]);
        chain.call("nested", "begin", &[account()]).unwrap();
        // The resource and the vector are two levels.
        let push = |chain: &mut Chain, n| {
            let result = chain.call("nested", "push", &[account(), u64_bytes(n)]);
            result.map(|_| ()).map_err(|e| e.status())
        };
        assert_eq!(push(&mut chain, 125), Ok(()));
        let before = chain.memory.state.clone();
        for n in [126, 127] {
            let refused = Err(StatusCode::VmMaxValueDepthReached);
            assert_eq!(push(&mut chain, n), refused, "{n} on {interpreter:?}");
            assert_eq!(chain.memory.state, before);
        }
        let count = chain.call("nested", "count", &[account()]).unwrap();
        assert_eq!(count.values, [u64_bytes(1)]);

        let arguments = [account(), u64_bytes(127)];
        let error = chain.call("nested", "keep", &arguments).unwrap_err();
        assert_eq!(error.status(), StatusCode::VmMaxValueDepthReached);
        chain
            .call("nested", "keep", &[account(), u64_bytes(126)])
            .unwrap();
        chain.call("nested", "run", &[account()]).unwrap();
    }
}

/// To learn how deep a function value is, all that it captures is looked at.
#[test]
fn packing_a_function_value_costs_by_what_it_captures() {
    let text = "module 0x42::m version 10
        fun hold(v: vector<vector<u64>>): vector<vector<u64>> { move_loc v ret }
        public fun f(v: vector<vector<u64>>) {
            move_loc v pack_closure hold mask=0b1 call_closure<||vector<vector<u64>>> pop ret
        }";
    let mut costs = Vec::new();
    for interpreter in ENGINES {
        for length in [0_u8, 100] {
            let mut chain = Chain::with(interpreter, &[text]);
            let mut list = vec![length];
            list.resize(usize::from(length) + 1, 0);
            let mut gas = Gas::new(100_000);
            chain.call_with("m", "f", &[], &[list], &mut gas).unwrap();
            costs.push(100_000 - gas.left());
        }
    }
    assert_eq!(costs[..2], costs[2..], "both charge alike");
    assert!(costs[1] >= costs[0] + 100, "{costs:?}");
}

#[test]
fn only_persistent_functions_are_stored_or_serialised() {
    let bcs = "module 0x1::bcs version 6
        native public fun to_bytes<T>(&T): vector<u8>
        native public fun serialized_size<T>(&T): u64";
    let text = |packed: &str| {
        format!(
            "module 0x42::m version 10
             use 0x1::bcs {{ fun to_bytes<T>(&T): vector<u8>; fun serialized_size<T>(&T): u64 }}
             #[persistent] fun kept(n: u64): u64 {{ move_loc n ret }}
             fun passing(n: u64): u64 {{ move_loc n ret }}
             public fun open(n: u64): u64 {{ move_loc n ret }}
             public fun bytes(): vector<u8> {{
                locals f: |u64|u64 has copy + drop
                pack_closure {packed} mask=0 st_loc f
                imm_borrow_loc f call 0x1::bcs::to_bytes<|u64|u64 has copy + drop> ret }}
             public fun size(): u64 {{
                locals f: |u64|u64 has copy + drop
                pack_closure {packed} mask=0 st_loc f
                imm_borrow_loc f call 0x1::bcs::serialized_size<|u64|u64 has copy + drop> ret }}"
        )
    };
    for interpreter in ENGINES {
        for (packed, serialised) in [("kept", true), ("open", true), ("passing", false)] {
            let mut chain = Chain::with(interpreter, &[bcs, &text(packed)]);
            for function in ["bytes", "size"] {
                match chain.call("m", function, &[]) {
                    Ok(_) => assert!(serialised, "{packed} {function} on {interpreter:?}"),
                    Err(error) => {
                        assert!(!serialised, "{packed} {function}: {error}");
                        assert_eq!(error.status(), StatusCode::Aborted, "{packed} {function}");
                        assert_eq!(error.details().sub_status, Some(0x1c5));
                    }
                }
                // It is paid for before anybody looks whether it can be done.
                let cost = |chain: &mut Chain, price: u64, budget: u64| {
                    chain.engine.gas.serialize.base = price;
                    let mut gas = Gas::new(budget);
                    let result = chain.call_with("m", function, &[], &[], &mut gas);
                    (budget - gas.left(), result.map_err(|e| e.status()))
                };
                let (free, _) = cost(&mut chain, 0, 100_000);
                let (_, result) = cost(&mut chain, 1_000, free + 999);
                assert_eq!(result, Err(StatusCode::OutOfGas), "{packed} {function}");
            }
        }
        let stores = "module 0x42::m version 10
            struct R has key { f: || has copy + drop + store }
            fun passing() { ret }
            public fun f(s: &signer) { move_loc s pack_closure passing mask=0 pack R move_to R ret }";
        let mut chain = Chain::new(interpreter);
        let error = chain
            .publish(&[stores], &PublishOptions::default())
            .unwrap_err();
        assert_eq!(error.status(), StatusCode::PackTypeMismatchError, "{error}");
    }
}

/// A stored function value names its function; whoever replaces the module without checks may take
/// it away. Then the resource cannot be read, and nothing else happens.
#[test]
fn a_stored_function_value_whose_function_changed_is_refused() {
    let version = |function: &str, packs: &str| {
        format!(
            "module 0x42::m version 10
             struct R has key {{ f: |u64|u64 has copy + drop + store }}
             {function}
             public fun keep(s: &signer) {{ {packs} }}
             public fun use_it(a: address): u64 acquires R {{
                ld_u64 1 move_loc a imm_borrow_global R imm_borrow_field R::f read_ref
                call_closure<|u64|u64 has copy + drop + store> ret }}"
        )
    };
    let good = version(
        "#[persistent] fun g(c: u8, n: u64): u64 { move_loc n ret }",
        "move_loc s ld_u8 3 pack_closure g mask=0b01 pack R move_to R ret",
    );
    for interpreter in ENGINES {
        for (what, function, status) in [
            (
                "the same",
                "#[persistent] fun g(c: u8, n: u64): u64 { move_loc n ret }",
                None,
            ),
            (
                "another body",
                "public fun g(c: u8, n: u64): u64 { ld_u64 1 ret }",
                None,
            ),
            ("gone", "", Some(StatusCode::FailedToDeserializeResource)),
            (
                "not persistent",
                "fun g(c: u8, n: u64): u64 { move_loc n ret }",
                Some(StatusCode::FailedToDeserializeResource),
            ),
            (
                "captures another type",
                "public fun g(c: u16, n: u64): u64 { move_loc n ret }",
                Some(StatusCode::FailedToDeserializeResource),
            ),
            (
                "takes another type",
                "public fun g(c: u8, n: u32): u64 { ld_u64 1 ret }",
                Some(StatusCode::FailedToDeserializeResource),
            ),
            (
                "returns another type",
                "public fun g(c: u8, n: u64): u32 { ld_u32 1 ret }",
                Some(StatusCode::FailedToDeserializeResource),
            ),
            (
                "fewer parameters",
                "public fun g(c: u8): u64 { ld_u64 1 ret }",
                Some(StatusCode::FailedToDeserializeResource),
            ),
            (
                "more type parameters",
                "public fun g<T>(c: u8, n: u64): u64 { ld_u64 1 ret }",
                Some(StatusCode::FailedToDeserializeResource),
            ),
        ] {
            let mut chain = Chain::new(interpreter);
            chain.publish(&[&good], &PublishOptions::default()).unwrap();
            chain.call("m", "keep", &[account()]).unwrap();
            let before = chain.memory.state.clone();
            let unchecked = PublishOptions {
                check_linking: false,
                check_layout: false,
                check_friends: false,
            };
            chain
                .publish(&[&version(function, "ret")], &unchecked)
                .unwrap();
            for cold in [false, true] {
                if cold {
                    chain.code = Code::default();
                }
                let result = chain.call("m", "use_it", &[account()]);
                let got = result.map(|_| ()).map_err(|e| e.status());
                assert_eq!(got.err(), status, "{what} on {interpreter:?}, {cold}");
                assert_eq!(chain.memory.state, before);
            }
        }
    }
}

#[test]
fn function_values_have_an_order() {
    let cmp = "module 0x1::cmp version 7
        enum Ordering has copy, drop { Less, Equal, Greater }
        native public fun compare<T>(&T, &T): Ordering";
    let text = "module 0x42::m version 10
        use 0x1::cmp { struct Ordering has copy, drop; fun compare<T>(&T, &T): 0x1::cmp::Ordering }
        fun g(a: u64, n: u64): u64 { move_loc n ret }
        public fun f(a: u64, b: u64): 0x1::cmp::Ordering {
            locals x: |u64|u64 has copy + drop, y: |u64|u64 has copy + drop
            move_loc a pack_closure g mask=0b1 st_loc x
            move_loc b pack_closure g mask=0b1 st_loc y
            imm_borrow_loc x imm_borrow_loc y
            call 0x1::cmp::compare<|u64|u64 has copy + drop> ret }";
    for interpreter in ENGINES {
        let mut chain = Chain::with(interpreter, &[cmp, text]);
        for (a, b, order) in [(1, 2, 0), (2, 2, 1), (3, 2, 2)] {
            let got = chain.call("m", "f", &[u64_bytes(a), u64_bytes(b)]);
            assert_eq!(
                got.unwrap().values,
                [vec![order]],
                "{a} {b} {interpreter:?}"
            );
        }
    }
}
