//! X9: calls that come back.

use super::world::*;
use lumio_tests::crossing::compiled;

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

/// `callMove` of `hello` through the first contract, as an argument of a call of it.
fn again(function: &str, args: Vec<u8>) -> Vec<u8> {
    callCall {
        module: module(),
        r#fn: function.into(),
        args: args.into(),
    }
    .abi_encode()
}

/// The same, and the contract goes on when it fails.
fn again_trying(function: &str, args: Vec<u8>) -> Vec<u8> {
    tryCallCall {
        module: module(),
        r#fn: function.into(),
        args: args.into(),
    }
    .abi_encode()
}

#[test]
fn x9_move_to_evm_to_move_while_a_resource_is_borrowed() {
    let mut world = World::new();
    // What the contract catches leaves the borrowed counter as it was, and Move goes on with it.
    let input = again_trying("bump", vec![]);
    let args = (CONTRACT.into_word(), Bytes::from(input)).abi_encode_params();
    let done = world.hello("borrowed", args);
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(u64::abi_decode(&bytes_of(&done.output)).unwrap(), 20);
    assert_eq!((world.count(), done.events.len()), (20, 0));
    // To read it is refused as well: it is half changed.
    let input = again("count", vec![]);
    let args = (CONTRACT.into_word(), Bytes::from(input)).abi_encode_params();
    let done = world.hello("borrowed", args);
    let reason = reason_of(&done.output);
    assert!(!done.success);
    assert!(reason.contains("RUNTIME_DISPATCH_ERROR: "), "{reason}");
    assert_eq!(world.count(), 20);
}

#[test]
fn x9_a_resource_that_is_out_of_storage_is_not_made_twice() {
    let mut world = World::new();
    let user = world.user.address();
    // While it is out, `held` would make another one: then two would come together.
    let inner = calls("hazards", "held", &[], vec![]);
    let args = (CROSS_VM_ADDRESS.into_word(), Bytes::from(inner)).abi_encode_params();
    let done = world.hazards("taken_out", &[], args);
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(u64::abi_decode(&bytes_of(&done.output)).unwrap(), 2);
    let done = world.hazards("held", &[], vec![]);
    assert_eq!(u64::abi_decode(&bytes_of(&done.output)).unwrap(), 3);
    let owned =
        |key: &&StateKey| matches!(key, StateKey::MoveResource(of, _) if *of == user.into());
    assert_eq!(world.memory.0.keys().filter(owned).count(), 1);
}

#[test]
fn x9_evm_to_move_to_evm() {
    let mut world = World::new();
    // The contract calls Move, which calls the contract again, which writes: as in the EVM alone.
    let set = setCall {
        key: U256::from(1),
        value: U256::from(5),
    };
    let args = (CONTRACT.into_word(), Bytes::from(set.abi_encode())).abi_encode_params();
    let done = world.hello("relay", args);
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(world.cell(1), U256::from(5));
}

#[test]
fn x9_under_a_lock_the_module_is_not_entered() {
    let mut world = World::new();
    let input = calls("hazards", "who", &[], vec![]);
    let args = (CROSS_VM_ADDRESS.into_word(), Bytes::from(input)).abi_encode_params();
    let done = world.hazards("locked", &[], args.clone());
    assert!(done.success, "{}", reason_of(&done.output));
    let (ok, data) = <(bool, Bytes)>::abi_decode_params(&bytes_of(&done.output)).unwrap();
    let reason = reason_of(&data);
    assert!(
        !ok && reason.contains("a locked module is entered again"),
        "{reason}"
    );
    // Without the lock it is, as long as it keeps its resources to itself.
    let relayed = relay_args(
        CROSS_VM_ADDRESS,
        U256::ZERO,
        &calls("hazards", "who", &[], vec![]),
    );
    let done = world.hazards("try_relay", &[], relayed);
    let (ok, data) = <(bool, Bytes)>::abi_decode_params(&bytes_of(&done.output)).unwrap();
    assert!(ok);
    assert_eq!(
        bytes_of(&data),
        world.user.address().into_word().abi_encode()
    );
    // Under the lock, other modules may be called.
    let add = (2_u64, 3_u64).abi_encode_params();
    let input = calls("hello", "add", &[], add);
    let args = (CROSS_VM_ADDRESS.into_word(), Bytes::from(input)).abi_encode_params();
    let done = world.hazards("locked", &[], args);
    let (ok, data) = <(bool, Bytes)>::abi_decode_params(&bytes_of(&done.output)).unwrap();
    assert!(ok);
    assert_eq!(u64::abi_decode(&bytes_of(&data)).unwrap(), 5);
}

/// A withdrawal whose hook calls the EVM with some input.
fn hooked(to: Address, input: impl FnOnce(engine::Address) -> Vec<u8>) -> (World, Executed) {
    let mut world = World::new();
    let mut alice = move_user(&mut world, 3);
    for (name, bytes) in compiled("hook", &[("hook", alice.address)]) {
        let owner = AccountId(alice.address.0.into());
        let key = StateKey::MoveModule(owner, Bytes::copy_from_slice(name.as_bytes()));
        world.memory.0.insert(key, Value::from(bytes));
    }
    let mut run = |function: &str, args: Vec<Vec<u8>>| {
        let transaction = alice.call_at(alice.address, ("hook", function), vec![], args);
        let (executor, block) = (&world.executor, &world.block);
        moving::run(executor, &mut world.memory, block, &transaction).unwrap()
    };
    let owner = MoveUser::new(3).address;
    let made = run("make", vec![id(to), bcs_of(&input(owner))]);
    assert!(made.success, "{}", status(&made));
    // The asset's address is behind that of its extending reference.
    let hook = world.memory.0.iter().find_map(|(key, value)| match key {
        StateKey::MoveResource(of, tag) if of.0.0 == owner.0 => {
            tag.windows(4).any(|part| part == b"Hook").then_some(value)
        }
        _ => None,
    });
    let asset = hook.unwrap()[32..64].to_vec();
    let metadata = "0x1::fungible_asset::Metadata".parse().unwrap();
    let args = vec![asset, vec![7; 32], 5_u64.to_le_bytes().to_vec()];
    let send = alice.call(("primary_fungible_store", "transfer"), vec![metadata], args);
    let (executor, block) = (&world.executor, &world.block);
    let done = moving::run(executor, &mut world.memory, block, &send).unwrap();
    (world, done)
}

#[test]
fn x9_a_hook_may_call_the_evm_and_nobody_comes_back_to_what_it_is_in() {
    let set = setCall {
        key: U256::from(1),
        value: U256::from(5),
    };
    let (world, done) = hooked(CONTRACT, |_| set.abi_encode());
    assert!(done.success, "{}", status(&done));
    assert_eq!(world.cell(1), U256::from(5));
    // The contract comes back to the module of the hook, then to the framework's that dispatched.
    let of_owner = |owner: engine::Address, function: &str, args: Vec<u8>| {
        let mut input = calls("hook", function, &[], args);
        input[4..36].copy_from_slice(&owner.0);
        input
    };
    let (_, done) = hooked(CROSS_VM_ADDRESS, |owner| {
        of_owner(owner, "asset_of", B256::from(owner.0).abi_encode())
    });
    let text = status(&done);
    assert!(
        !done.success && text.contains("a locked module is entered again"),
        "{text}"
    );
    let (_, done) = hooked(CROSS_VM_ADDRESS, |_| {
        let mut input = calls(
            "dispatchable_fungible_asset",
            "derived_supply",
            &["0x1::fungible_asset::Metadata"],
            // The asset that is ETH.
            B256::with_last_byte(0xa).abi_encode(),
        );
        input[4..36].copy_from_slice(&engine::Address::ONE.0);
        input
    });
    let text = status(&done);
    assert!(
        !done.success && text.contains("a locked module is entered again"),
        "{text}"
    );
    // Another module may be called meanwhile.
    let (_, done) = hooked(CROSS_VM_ADDRESS, |_| {
        calls("hello", "add", &[], (2_u64, 3_u64).abi_encode_params())
    });
    assert!(done.success, "{}", status(&done));
}
