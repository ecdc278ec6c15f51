//! X4, X5, X11: who calls, who asks, and under which address.

use super::world::*;

#[test]
fn x4_the_callee_sees_who_calls_it() {
    let mut world = World::new();
    let done = world.hello("who", vec![]);
    assert_eq!(bytes_of(&done.output), CONTRACT.into_word().abi_encode());
    // By itself, without a contract between.
    let input = callMoveCall {
        module: module(),
        name: "hello".into(),
        r#fn: "who".into(),
        typeArgs: vec![],
        args: Bytes::new(),
    };
    let user = world.user.address();
    let done = world.evm_to(CROSS_VM_ADDRESS, input.abi_encode());
    assert_eq!(bytes_of(&done.output), user.into_word().abi_encode());
    // And the other way round, with value, by an account whose EVM address is a hash.
    let mut alice = move_user(&mut world, 3);
    let before = world.memory.supply();
    let wei = U256::from(12_345);
    let args = vec![
        id(CONTRACT),
        7_u64.to_le_bytes().to_vec(),
        wei.to_le_bytes::<32>().to_vec(),
    ];
    let done = world.moving(&mut alice, "call_echo", args);
    assert!(done.success, "{}", status(&done));
    let key = StateKey::Balance(CONTRACT);
    assert_eq!(world.memory.0[&key].as_word().unwrap(), wei);
    assert_eq!(world.memory.supply(), before);
}

#[test]
fn x4_delegated_and_static_calls_change_nothing() {
    let mut world = World::new();
    let input = callMoveCall {
        module: module(),
        name: "hello".into(),
        r#fn: "bump".into(),
        typeArgs: vec![],
        args: Bytes::new(),
    };
    let done = world.evm(
        delegatedCall {
            input: input.abi_encode().into(),
        }
        .abi_encode(),
    );
    let (ok, data) = <(bool, Bytes)>::abi_decode_params(&done.output).unwrap();
    assert!(!ok && reason_of(&data).contains("CALL or STATICCALL"));
    let view = |function: &str| viewCallCall {
        module: module(),
        r#fn: function.into(),
        args: Bytes::new(),
    };
    let done = world.evm(view("bump").abi_encode());
    assert!(!done.success);
    assert!(
        reason_of(&done.output).contains("wrote in a static call"),
        "{}",
        reason_of(&done.output)
    );
    let done = world.evm(view("count").abi_encode());
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(world.count(), 0);
}

#[test]
fn x5_nobody_but_the_system_contract_queues_calls() {
    let mut world = World::new();
    let args = Bytes::new();
    let forged = forgeCall {
        module: module(),
        r#fn: "bump".into(),
        args: args.clone(),
    };
    let done = world.evm(forged.abi_encode());
    assert!(done.success);
    assert_eq!((done.events.len(), world.count()), (1, 0));
    let input = queue_input("bump");
    let done = world.evm(
        delegatedQueueCall {
            input: input.into(),
        }
        .abi_encode(),
    );
    let (ok, _) = <(bool, Bytes)>::abi_decode_params(&done.output).unwrap();
    assert!(done.success && !ok);
    assert_eq!(world.count(), 0);
}

#[test]
fn x11_a_long_account_is_found_by_its_evm_address_once_it_has_been_there() {
    let mut world = World::new();
    let mut alice = move_user(&mut world, 3);
    let account = AccountId(alice.address.0.into());
    let id_of = |address| idOfCall { account: address }.abi_encode();
    let done = world.evm_to(CROSS_VM_ADDRESS, id_of(account.evm_address()));
    assert_eq!(
        done.output[..],
        account.evm_address().into_word()[..],
        "not known yet"
    );
    let word = |number: u64| U256::from(number).to_le_bytes::<32>().to_vec();
    world.moving(
        &mut alice,
        "queue_set",
        vec![id(CONTRACT), word(1), word(1)],
    );
    let done = world.evm_to(CROSS_VM_ADDRESS, id_of(account.evm_address()));
    assert_eq!(done.output[..], account.0[..]);
    let done = world.evm_to(
        CROSS_VM_ADDRESS,
        addressOfCall { id: account.0 }.abi_encode(),
    );
    assert_eq!(
        Address::abi_decode(&done.output).unwrap(),
        account.evm_address()
    );
    // System addresses of the EVM are not those of Move's framework.
    let framework = AccountId(B256::with_last_byte(1));
    assert_ne!(framework.evm_address(), Address::with_last_byte(1));
}
