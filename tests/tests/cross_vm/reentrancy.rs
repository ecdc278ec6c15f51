//! X9: calls that come back.

use super::world::*;

#[test]
fn x9_a_module_that_waits_keeps_its_resources_to_itself() {
    let mut world = World::new();
    // Move borrows its counter, calls the contract, which calls the module again.
    let again = callCall {
        module: module(),
        r#fn: "bump".into(),
        args: Bytes::new(),
    };
    let args = (CONTRACT.into_word(), Bytes::from(again.abi_encode())).abi_encode_params();
    let done = world.hello("borrowed", args);
    assert!(!done.success);
    let reason = reason_of(&done.output);
    assert!(
        reason.contains("RUNTIME_DISPATCH_ERROR") || reason.contains("waits"),
        "{reason}"
    );
    assert_eq!(world.count(), 0);
    // What needs no resource of it may run meanwhile.
    let add = (2_u64, 3_u64).abi_encode_params();
    let again = callCall {
        module: module(),
        r#fn: "add".into(),
        args: add.into(),
    };
    let args = (CONTRACT.into_word(), Bytes::from(again.abi_encode())).abi_encode_params();
    let done = world.hello("borrowed", args);
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(u64::abi_decode(&bytes_of(&done.output)).unwrap(), 20);
    assert_eq!(world.count(), 20);
}
