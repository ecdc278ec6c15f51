//! X1, X2, X3, X10: what a frame did goes with it, in both machines.

use super::world::*;
use lumio_tests::actors::{CHILD, Frame, Mode, OCTA, Root, Stage, Step, UNIT, address, check};
use std::collections::BTreeMap;

#[test]
fn x1_what_move_did_is_undone_with_the_frame_that_reverts() {
    let mut world = World::new();
    let done = world.hello("bump", vec![]);
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(world.count(), 1);
    assert_eq!(done.events.len(), 1);
    let args = Bytes::new();
    let function = String::from("bump");
    let input = callAndFailCall {
        module: module(),
        r#fn: function.clone(),
        args: args.clone(),
    };
    let done = world.evm(input.abi_encode());
    assert!(!done.success && done.events.is_empty());
    assert_eq!(world.count(), 1);
    let done = world.evm(
        callAndCatchCall {
            module: module(),
            r#fn: function,
            args,
        }
        .abi_encode(),
    );
    assert!(done.success && done.events.is_empty());
    assert_eq!(world.count(), 1);
}

#[test]
fn x1_what_the_evm_did_is_undone_with_the_move_function_that_aborts() {
    let mut world = World::new();
    let mut alice = move_user(&mut world, 3);
    let done = world.moving(&mut alice, "fail", vec![id(CONTRACT)]);
    assert!(!done.success);
    assert_eq!((world.count(), world.cell(1)), (0, U256::ZERO));
    let text = status(&done);
    assert!(
        text.starts_with("Move abort in 0x1::evm: ECALL_FAILED(0x70001): "),
        "{text}"
    );
    let done = world.moving(&mut alice, "try_fail", vec![id(CONTRACT)]);
    assert!(done.success, "{}", status(&done));
    assert_eq!((world.count(), world.cell(1)), (1, U256::ZERO));
}

/// A frame of an actor that keeps its state.
fn frame(actor: u8, steps: Vec<Step>) -> Frame {
    Frame {
        actor,
        keeps_state: true,
        is_itself: true,
        steps,
        ..Frame::default()
    }
}

fn call(frame: Frame) -> Step {
    Step::Call(Mode::default(), frame)
}

#[test]
fn x3_each_step_sees_what_the_other_machine_has_just_paid() {
    // The EVM pays X, Move spends what X has got, and the EVM looks again: what each of them sees is
    // in the digests, which the model foretells.
    let mut stage = Stage::new();
    let before = stage.world.clone();
    let spend = frame(4, vec![Step::Pay(7, 250), Step::Pay(0, 40)]);
    let root = frame(
        0,
        vec![
            Step::Pay(4, 100),
            call(spend),
            Step::Mark(1),
            Step::Pay(4, 200),
        ],
    );
    check(&mut stage, &Root::Evm(root, 0), &mut BTreeMap::new());
    let change = |number: u8| {
        let owner = address(number);
        (before.balance(owner), stage.world.balance(owner))
    };
    let octas = |count: u64| U256::from(count * OCTA);
    assert_eq!(change(7).1, change(7).0 + octas(250));
    assert_eq!(change(0).1 + octas(260), change(0).0);
    assert_eq!(change(4).1, change(4).0 + octas(10));
}

#[test]
fn x3_a_contract_that_destroyed_itself_takes_what_it_is_given_later_and_can_be_made_again() {
    let mut stage = Stage::new();
    let salt = B256::with_last_byte(1);
    let child = address(0).create2(salt, keccak256(CHILD));
    let id = AccountId::from_evm(child);
    // Made and destroyed by the EVM; what Move gives it afterwards is gone with it.
    let gives = frame(3, vec![Step::Give(id, 5)]);
    let root = frame(0, vec![Step::Create(salt, 9), Step::Poke(id), call(gives)]);
    let supply = stage.memory.supply();
    check(&mut stage, &Root::Evm(root, 0), &mut BTreeMap::new());
    assert_eq!(stage.memory.supply() + U256::from(5 * OCTA), supply);
    // Made again at the same address, by Move on behalf of the same contract.
    let again = Frame {
        is_itself: false,
        ..frame(3, vec![Step::Create(salt, 9)])
    };
    let supply = stage.memory.supply();
    check(
        &mut stage,
        &Root::Evm(frame(0, vec![call(again)]), 0),
        &mut BTreeMap::new(),
    );
    assert_eq!(stage.world.balance(child), U256::from(9 * UNIT));
    // It is of an earlier transaction now: it stays, and gives back what it has.
    let poke = frame(4, vec![Step::Give(id, 5), Step::Poke(id)]);
    check(&mut stage, &Root::CrossVm(poke), &mut BTreeMap::new());
    assert!(stage.world.children.contains(&child));
    assert_eq!(stage.world.balance(child), U256::ZERO);
    assert_eq!(stage.memory.supply(), supply);
}
