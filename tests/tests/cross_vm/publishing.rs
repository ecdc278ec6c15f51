//! X13: code that is published in a call from the EVM.

use super::world::*;
use lumio_tests::package::{hazards, publication};

/// The call that publishes the package of `tests/move` at an account.
fn publishes(owner: Address) -> Vec<u8> {
    let modules = hazards(engine::Address(owner.into_word().0));
    let metadata = publication("Hazards", &modules).remove(0);
    // It is a vector of bytes in BCS: its length takes one or two of them.
    let length = if metadata[0] < 0x80 { 1 } else { 2 };
    let code: Vec<Bytes> = modules.into_iter().map(|(_, code)| code.into()).collect();
    let args = (Bytes::copy_from_slice(&metadata[length..]), code).abi_encode_params();
    let mut input = calls("code", "publish_package_txn", &[], args);
    input[4..36].copy_from_slice(&engine::Address::ONE.0);
    input
}

fn is_there(world: &World, owner: Address) -> bool {
    let name = Bytes::from_static(b"purse");
    world
        .memory
        .0
        .contains_key(&StateKey::MoveModule(owner.into(), name))
}

#[test]
fn x13_a_contract_may_publish() {
    let mut world = World::new();
    let owner = by(CALL);
    let done = world.evm_to(owner, relayed(CROSS_VM_ADDRESS, &publishes(owner)));
    assert!(done.success, "{}", reason_of(&done.output));
    assert!(is_there(&world, owner));
    // What was published can be called.
    let mut input = calls("purse", "absent", &[], vec![]);
    input[4..36].copy_from_slice(owner.into_word().as_slice());
    let done = world.evm_to(CROSS_VM_ADDRESS, input);
    let reason = reason_of(&done.output);
    assert!(
        reason.ends_with("::purse has no function absent"),
        "{reason}"
    );
}

#[test]
fn x13_nobody_publishes_while_a_module_waits() {
    let mut world = World::new();
    let before = world.rest();
    let owner = world.user.address();
    let args = relay_args(CROSS_VM_ADDRESS, U256::ZERO, &publishes(owner));
    let done = world.hazards("relay", &[], args);
    let reason = reason_of(&done.output);
    assert!(!done.success);
    assert!(
        reason.ends_with("modules cannot be published while other modules wait for the call"),
        "{reason}"
    );
    assert_eq!(world.rest(), before);
}

#[test]
fn x13_what_a_frame_that_fails_has_published_is_gone() {
    let mut world = World::new();
    // It calls as it is told, and gives up.
    let reverter = Address::repeat_byte(0x3e);
    let mut code = vec![0x36, 0x5f, 0x5f, 0x37, 0x5f, 0x5f, 0x36, 0x5f, 0x5f, 0x73];
    code.extend(CROSS_VM_ADDRESS);
    code.extend([0x5a, 0xf1, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xfd]);
    world.memory.deploy(reverter, code.into());
    let before = world.rest();
    let done = world.evm_to(reverter, publishes(reverter));
    assert!(!done.success && !is_there(&world, reverter));
    assert_eq!(
        U256::abi_decode(&done.output).unwrap(),
        U256::from(1),
        "it was published"
    );
    assert_eq!(world.rest(), before);
    let mut input = calls("purse", "absent", &[], vec![]);
    input[4..36].copy_from_slice(reverter.into_word().as_slice());
    let done = world.evm_to(CROSS_VM_ADDRESS, input);
    let reason = reason_of(&done.output);
    assert!(reason.ends_with("::purse does not exist"), "{reason}");
}
