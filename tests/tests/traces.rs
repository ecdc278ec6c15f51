//! Traces of calls between virtual machines are true to what was executed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use alloy_primitives::{Address, TxKind, U256};
use alloy_sol_types::{SolCall, SolValue, sol};
use lumio_tests::{
    chain::block,
    crossing::{CONTRACT, MODULE},
    faces::{Faces, address_of, metadata_type, units},
    journey::{GAS, Step, TRAVELLER, Trip, World, trips},
    traced::{Case, Frame},
};
use lumio_vm_evm::CROSS_VM_ADDRESS;
use proptest::prelude::*;
use serde_json::{Value, json};

use Step::{Call, Emit, Fail, Look, Make, Queue, Try, Write};

fn evm(steps: impl Into<Vec<Step>>) -> Trip {
    Trip::Evm(steps.into())
}

fn mv(steps: impl Into<Vec<Step>>) -> Trip {
    Trip::Move(steps.into())
}

/// The tree of a journey, after all traces of it were checked.
fn traced(trip: &Trip) -> (Frame, bool) {
    traced_with(trip, GAS)
}

fn traced_with(trip: &Trip, gas: u64) -> (Frame, bool) {
    let mut world = World::new();
    let transaction = world.transaction(trip, gas);
    let case = Case::new(&world.executor, &world.memory, &world.block, &transaction);
    case.check();
    (case.frames(), case.executed.success)
}

/// Which frames are below which, in few letters: `E` the contract, `X` the entry point, `M` Move,
/// `q` before what was queued.
fn outline(frame: &Frame) -> String {
    let letter = match frame.to() {
        _ if frame.is_move() => "M",
        Some(TRAVELLER) => "E",
        Some(CROSS_VM_ADDRESS) => "X",
        _ => "?",
    };
    let queued = if frame.0["queued"] == json!(true) {
        "q"
    } else {
        ""
    };
    let failed = if frame.is_success() { "" } else { "!" };
    let calls: Vec<_> = frame.calls().iter().map(outline).collect();
    match calls.is_empty() {
        true => format!("{queued}{letter}{failed}"),
        false => format!("{queued}{letter}{failed}({})", calls.join(" ")),
    }
}

#[test]
fn frames_of_both_machines_are_in_their_order() {
    let deep = evm([
        Emit(1),
        Call(
            mv([
                Emit(2),
                Call(evm([Emit(3), Call(mv([Emit(4)]), 0)]), 5),
                Emit(6),
            ]),
            0,
        ),
        Write(7),
        Look(mv([])),
    ]);
    let (root, success) = traced(&deep);
    assert!(success, "{root:?}");
    assert_eq!(outline(&root), "E(X(M(E(X(M)))) X(M))");
    assert_eq!(root.calls()[1].calls()[0].kind(), "STATICCALL");
    let outer = root.calls()[0].calls()[0].clone();
    assert_eq!(outer.0["function"], format!("{MODULE}::traveller::run"));
    assert_eq!(outer.0["arguments"][0], json!("0x060106"));
    assert_eq!(outer.0["arguments"][2], json!(["2", "5", "6"]));
    assert_eq!(outer.0["returns"], json!(["3"]));
    assert_eq!(outer.0["to"], root.calls()[0].calls()[0].0["to"]);
    let place = |log: &Value| (log["index"].clone(), log["position"].clone());
    let places: Vec<_> = outer.0["logs"]
        .as_array()
        .unwrap()
        .iter()
        .map(place)
        .collect();
    assert_eq!(
        places,
        [(json!("0x1"), json!("0x0")), (json!("0x4"), json!("0x1"))]
    );
    let inner = outer.calls()[0].clone();
    assert_eq!(inner.0["value"], json!("0x5"));
}

#[test]
fn a_move_transaction_is_the_outermost_frame() {
    let trip = mv([
        Emit(1),
        Call(evm([Emit(2), Call(mv([Write(1)]), 0)]), 0),
        Emit(3),
    ]);
    let (root, success) = traced(&trip);
    assert!(
        !success,
        "a module that waits keeps its resources to itself"
    );
    assert_eq!(outline(&root), "M!(E!(X!(M!)))");
    assert!(
        root.0["revertReason"]
            .as_str()
            .unwrap()
            .contains("ECALL_FAILED"),
        "{root:?}"
    );
    assert!(
        root.calls()[0].0["revertReason"]
            .as_str()
            .unwrap()
            .contains("RUNTIME_DISPATCH_ERROR")
    );
    let trip = mv([
        Emit(1),
        Try(evm([Emit(2), Call(mv([Write(1)]), 0)]), 0),
        Write(3),
    ]);
    let (root, success) = traced(&trip);
    assert!(success, "{root:?}");
    assert_eq!(outline(&root), "M(E!(X!(M!)))");
    assert_eq!(root.kind(), "CALL");
    assert_eq!(root.0["function"], format!("{MODULE}::traveller::go"));
    assert_eq!(root.0["arguments"][0], json!("0x060200"));
}

#[test]
fn queued_frames_come_last() {
    let of_evm = evm([
        Queue(mv([Emit(1), Queue(evm([Emit(2)]))])),
        Emit(3),
        Queue(mv([Emit(4)])),
    ]);
    let (root, success) = traced(&of_evm);
    assert!(success, "{root:?}");
    assert_eq!(outline(&root), "E(? ? qM qM qE(E))");
    let of_move = mv([Queue(evm([Emit(1)])), Emit(2), Try(evm([Fail(3)]), 0)]);
    let (root, success) = traced(&of_move);
    assert!(success, "{root:?}");
    assert_eq!(outline(&root), "M(E! qE(E))");
    let failing = evm([Emit(1), Queue(mv([Emit(2), Fail(3)]))]);
    let (root, success) = traced(&failing);
    assert!(!success);
    assert_eq!(outline(&root), "E!(? qM!)");
    assert!(
        root.0["revertReason"].as_str().unwrap().contains("ETOLD"),
        "{root:?}"
    );
}

#[test]
fn what_the_bus_refuses_is_a_frame_that_failed() {
    let too_much = mv([Try(evm([Emit(1)]), u64::MAX), Emit(2)]);
    let (root, success) = traced(&evm([Call(too_much, 0)]));
    assert!(success);
    assert_eq!(outline(&root), "E(X(M(E!)))");
    let refused = &root.calls()[0].calls()[0].calls()[0];
    assert_eq!(refused.gas_used(), 0);
    let reason = refused.0["revertReason"].as_str().unwrap();
    assert!(reason.contains("insufficient balance"), "{reason}");
}

#[test]
fn what_a_contract_leaves_when_it_destroys_itself_is_a_frame() {
    let mut world = World::new();
    let heir = Address::repeat_byte(0x77);
    let code = [&[0x73], heir.as_slice(), &[0xff]].concat();
    let wei = U256::from(5);
    let transaction = world
        .user
        .transaction(TxKind::Create, wei, code.into(), GAS);
    let case = Case::new(&world.executor, &world.memory, &world.block, &transaction);
    let root = case.frames();
    assert_eq!(root.kind(), "CREATE");
    let [left] = root.calls().try_into().unwrap();
    assert_eq!((left.kind(), left.to()), ("SELFDESTRUCT", Some(heir)));
    assert_eq!(left.0["value"], json!("0x5"));
}

#[test]
fn several_tracers_at_once_see_the_same() {
    let mut world = World::new();
    let trip = evm([Call(mv([Try(evm([Make(1)]), 0)]), 0)]);
    let transaction = world.transaction(&trip, GAS);
    let case = Case::new(&world.executor, &world.memory, &world.block, &transaction);
    let several = [
        "callTracer",
        "prestateTracer",
        "4byteTracer",
        "flatCallTracer",
        "noopTracer",
    ];
    let config: Value = several
        .iter()
        .map(|name| (name.to_string(), json!({})))
        .collect();
    let all = serde_json::to_value(case.trace(Some("muxTracer"), config)).unwrap();
    for name in several {
        let one = serde_json::to_value(case.trace(Some(name), json!({}))).unwrap();
        assert_eq!(all[name], one, "{name}");
    }
    let selectors = all["4byteTracer"].as_object().unwrap();
    let run = selectors.keys().filter(|key| key.starts_with("0x"));
    assert_eq!(
        run.count(),
        3,
        "two journeys and one call of the entry point: {selectors:?}"
    );
}

/// A transfer of a token with a Move face is told to Move's clients by events beside its own.
#[test]
fn events_that_a_token_brings_along_are_where_it_emits() {
    let mut faces = Faces::new();
    let supply = units(1_000);
    let token = faces.deploy("Token", ("Gold", "GLD", supply).abi_encode_params());
    assert!(faces.create_asset(token).success);
    let mut alice = faces.user(2);
    let to = address_of(alice.address);
    let transfer = transferCall {
        to,
        amount: units(5),
    }
    .abi_encode();
    let of_evm = faces
        .evm
        .transaction(TxKind::Call(token), U256::ZERO, transfer.into(), GAS);
    let block = block(2);
    let before = faces.scene.memory.clone();
    let case = Case::new(&faces.scene.executor, &before, &block, &of_evm);
    assert_eq!(case.executed.events.len(), 3);
    case.check_logs(&case.frames());
    // The other way, by Move's own function: the contract emits below it.
    let asset = faces.asset_of(token).unwrap();
    let arguments = vec![
        asset.0.to_vec(),
        to.into_word().to_vec(),
        2_u64.to_le_bytes().to_vec(),
    ];
    let function = ("primary_fungible_store", "transfer");
    let of_move = alice.call(function, vec![metadata_type()], arguments);
    let case = Case::new(&faces.scene.executor, &case.after, &block, &of_move);
    assert!(case.executed.success, "{:?}", case.executed.carried);
    let root = case.frames();
    case.check_logs(&root);
    assert!(root.calls().iter().any(|frame| frame.to() == Some(token)));
}

sol! {
    function transfer(address to, uint256 amount) external returns (bool);
    function call(bytes32 module, string fn, bytes args) external returns (bytes);
}

/// A trace runs under the transaction's hash: what is derived from it is the same.
#[test]
fn addresses_that_derive_from_the_transaction_are_the_same() {
    let mut world = World::new();
    let input = callCall {
        module: MODULE.0.into(),
        r#fn: "auid".into(),
        args: Default::default(),
    };
    let to = TxKind::Call(CONTRACT);
    let input = input.abi_encode().into();
    let transaction = world.user.transaction(to, U256::ZERO, input, GAS);
    let case = Case::new(&world.executor, &world.memory, &world.block, &transaction);
    assert!(case.executed.success);
    assert_eq!(case.frames().output(), case.executed.output);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn traces_are_true_to_receipts(trip in trips(), scarce in 150_000..800_000_u64, is_scarce: bool) {
        traced_with(&trip, if is_scarce { scarce } else { GAS });
    }
}
