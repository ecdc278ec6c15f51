//! X1, X2, X3, X10: what a frame did goes with it, in both machines.

use super::world::*;

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
