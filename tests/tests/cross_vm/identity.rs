//! X4, X11: who calls, and under which address.

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

#[test]
fn x4_callcode_and_delegatecall_of_the_system_contracts_fail() {
    for opcode in [CALLCODE, DELEGATECALL] {
        let mut world = World::new();
        let before = world.rest();
        let input = relayed(CROSS_VM_ADDRESS, &calls("hello", "bump", &[], vec![]));
        let done = world.evm_to(by(opcode), input);
        let reason = reason_of(&done.output);
        assert!(!done.success);
        assert_eq!(
            reason,
            "a cross-VM contract must be called by CALL or STATICCALL"
        );
        let done = world.evm_to(by(opcode), relayed(QUEUE_ADDRESS, &queue_input("bump")));
        assert!(!done.success && done.events.is_empty());
        assert_eq!(done.output[..], keccak256("NotByDelegateCall()")[..4]);
        assert_eq!(world.rest(), before, "{opcode:x}");
    }
    // The same when Move calls the contract that does it.
    for opcode in [CALLCODE, DELEGATECALL] {
        let world = World::new();
        let input = relayed(CROSS_VM_ADDRESS, &calls("hello", "bump", &[], vec![]));
        let call = of_move(
            Address::repeat_byte(9),
            "relay",
            relay_args(by(opcode), U256::ZERO, &input),
            2_000_000,
        );
        let (outcome, finished) = world.bare(call);
        let reason = reason_of(&outcome.output);
        assert!(
            reason.contains("must be called by CALL or STATICCALL"),
            "{reason}"
        );
        assert!(finished.writes.is_empty());
    }
}

#[test]
fn x4_code_that_is_borrowed_speaks_for_whoever_borrows_it() {
    let mut world = World::new();
    let who = |world: &mut World, to: Address, input: Vec<u8>| {
        let done = world.evm_to(to, input);
        assert!(done.success, "{}", reason_of(&done.output));
        B256::abi_decode(&bytes_of(&done.output)).unwrap()
    };
    let call = callCall {
        module: module(),
        r#fn: "who".into(),
        args: Bytes::new(),
    };
    // A proxy: the signer is the proxy, not the contract whose code it runs.
    let answer = world.evm_to(by(DELEGATECALL), relayed(CONTRACT, &call.abi_encode()));
    let signer = B256::abi_decode(&bytes_of(&bytes_of_bytes(&answer.output))).unwrap();
    assert_eq!(signer, by(DELEGATECALL).into_word());
    // A contract that is called by a contract: the one that calls.
    let input = relayed(CROSS_VM_ADDRESS, &calls("hello", "who", &[], vec![]));
    assert_eq!(who(&mut world, by(CALL), input), by(CALL).into_word());
    // An account that delegates to code (EIP-7702) is itself.
    let delegating = Address::repeat_byte(0x77);
    let designator = [&[0xef, 0x01, 0x00], CONTRACT.as_slice()].concat();
    world.memory.deploy(delegating, designator.into());
    let done = world.evm_to(delegating, call.abi_encode());
    let signer = B256::abi_decode(&bytes_of(&bytes_of_bytes(&done.output))).unwrap();
    assert_eq!(signer, delegating.into_word());
}

/// The output of a call is `bytes` already: nothing to unwrap.
fn bytes_of_bytes(output: &Bytes) -> Bytes {
    output.clone()
}

#[test]
fn x4_static_calls_stay_static_there_and_back() {
    let mut world = World::new();
    let before = world.rest();
    let write = setCall {
        key: U256::from(1),
        value: U256::from(5),
    }
    .abi_encode();
    let bump = calls("hello", "bump", &[], vec![]);
    let evm = |inner: &[u8]| relay_args(CONTRACT, U256::ZERO, inner);
    // EVM → Move, EVM → Move → EVM, EVM → Move → EVM → Move: each begins as static in the two ways.
    let relays_write = calls("hazards", "relay", &[], evm(&write));
    let relays_bump = {
        let args = relay_args(CROSS_VM_ADDRESS, U256::ZERO, &bump);
        calls("hazards", "relay", &[], args)
    };
    let queues = {
        let args = (CONTRACT.into_word(), Bytes::from_static(b"fail()"), 1_u64);
        calls("hazards", "queue_many", &[], args.abi_encode_params())
    };
    for (input, expected) in [
        (&bump, "wrote in a static call"),
        (&relays_write, "the call broke a rule of the EVM"),
        (&relays_bump, "wrote in a static call"),
        (&queues, "wrote in a static call"),
    ] {
        let mut view = input.clone();
        view[..4].copy_from_slice(&viewMoveCall::SELECTOR);
        for (to, input) in [
            (CROSS_VM_ADDRESS, view),
            (by(STATICCALL), relayed(CROSS_VM_ADDRESS, input)),
        ] {
            let done = world.evm_to(to, input);
            let reason = reason_of(&done.output);
            assert!(!done.success && reason.contains(expected), "{reason}");
            assert!(done.events.is_empty());
        }
    }
    // Value cannot go along either.
    let args = relay_args(CONTRACT, U256::from(1), &[]);
    let done = world.evm_to(CROSS_VM_ADDRESS, views("hazards", "relay", args));
    let reason = reason_of(&done.output);
    assert!(
        reason.contains("a static call cannot carry value"),
        "{reason}"
    );
    let done = world.evm_to(
        CROSS_VM_ADDRESS,
        views("hello", "create", Bytes::new().abi_encode()),
    );
    let reason = reason_of(&done.output);
    assert!(
        reason.contains("a static call cannot make a contract"),
        "{reason}"
    );
    assert_eq!(world.rest(), before);
    // A unique address is used up by whoever gets it.
    let done = world.evm_to(CROSS_VM_ADDRESS, views("hello", "auid", vec![]));
    assert!(reason_of(&done.output).contains("wrote in a static call"));
    // What changes nothing is allowed, all the way.
    let input = calls("hello", "count", &[], vec![]);
    let args = relay_args(CROSS_VM_ADDRESS, U256::ZERO, &input);
    let done = world.evm_to(CROSS_VM_ADDRESS, views("hazards", "relay", args));
    assert!(done.success, "{}", reason_of(&done.output));
}

#[test]
fn x11_a_long_account_is_one_account_for_both() {
    let mut world = World::new();
    let mut alice = move_user(&mut world, 3);
    let account = AccountId(alice.address.0.into());
    let alias = account.evm_address();
    // The EVM pays it by the hashed address, before it was ever used there.
    let wei = U256::from(123);
    let transaction = world
        .user
        .transaction(TxKind::Call(alias), wei, Bytes::new(), 100_000);
    let before = world.balance(alias);
    let (executor, block) = (&world.executor, &world.block);
    moving::run(executor, &mut world.memory, block, &transaction).unwrap();
    assert_eq!(world.balance(alias), before + wei);
    let args = account.0.abi_encode();
    let done = world.hazards("wei_of", &[], args);
    assert_eq!(
        U256::abi_decode(&bytes_of(&done.output)).unwrap(),
        before + wei
    );
    // It calls a contract, which sees that address; and Move through `ICrossVM`, which sees its id.
    let input = calls("hazards", "who", &[], vec![]);
    let call = Call {
        caller: account,
        ..of_move(
            Address::ZERO,
            "relay",
            relay_args(CROSS_VM_ADDRESS, U256::ZERO, &input),
            2_000_000,
        )
    };
    let (outcome, _) = world.bare(call);
    let answer = bytes_of(&bytes_of(&outcome.output));
    assert_eq!(B256::abi_decode(&answer).unwrap(), account.0);
    let echo = echoCall {
        number: U256::ZERO,
        text: String::new(),
    };
    let call = Call {
        caller: account,
        ..of_move(
            Address::ZERO,
            "relay",
            relay_args(CONTRACT, wei, &echo.abi_encode()),
            2_000_000,
        )
    };
    let (outcome, _) = world.bare(call);
    let data = Bytes::abi_decode(&outcome.output).unwrap();
    let echoed = <(U256, String, Address, U256)>::abi_decode_params(&data).unwrap();
    assert_eq!((echoed.2, echoed.3), (alias, wei));
    let _ = &mut alice;
}

#[test]
fn x11_precompiles_and_the_framework_are_not_each_other() {
    let world = World::new();
    // To Move, 0x4 is an account of the framework, to the EVM the precompile that copies its input.
    let four = Address::with_last_byte(4);
    let call = |to: Address| {
        let call = of_move(
            Address::repeat_byte(9),
            "relay",
            relay_args(to, U256::ZERO, b"some bytes"),
            2_000_000,
        );
        let (outcome, _) = world.bare(call);
        assert!(outcome.is_success(), "{}", reason_of(&outcome.output));
        Bytes::abi_decode(&outcome.output).unwrap()
    };
    assert!(call(four).is_empty(), "an account without code");
    // A contract reaches the precompile.
    let (outcome, _) = world.bare(of_evm(
        Address::repeat_byte(9),
        by(CALL),
        relayed(four, b"some bytes"),
        100_000,
    ));
    assert_eq!(outcome.output[..], *b"some bytes");
}

#[test]
fn x4_a_contract_under_construction_is_itself_already() {
    let mut world = World::new();
    // Its constructor asks Move who it is, and its code is the answer.
    let input = calls("hello", "who", &[], vec![]);
    let length = u16::try_from(input.len()).unwrap();
    let mut code = vec![0x61];
    code.extend(length.to_be_bytes());
    // Where the input begins: behind all this.
    code.extend([0x61, 0, 0]);
    code.extend([0x5f, 0x39, 0x5f, 0x5f, 0x61]);
    code.extend(length.to_be_bytes());
    code.extend([0x5f, 0x5f, 0x73]);
    code.extend(CROSS_VM_ADDRESS);
    code.extend([0x5a, 0xf1, 0x50]);
    code.extend([0x3d, 0x5f, 0x5f, 0x3e, 0x3d, 0x5f, 0xf3]);
    let start = u16::try_from(code.len()).unwrap();
    code[4..6].copy_from_slice(&start.to_be_bytes());
    code.extend(&input);
    let expected = by(CALL).create2_from_code(B256::with_last_byte(7), &code);
    let args = Bytes::from(code).abi_encode();
    let done = world.evm_to(
        by(CALL),
        relayed(CROSS_VM_ADDRESS, &calls("hello", "create", &[], args)),
    );
    assert!(done.success, "{}", reason_of(&done.output));
    let made = world.memory.0[&StateKey::EvmAccount(expected)].clone();
    let hash = lumio_state::AccountRecord::decode(&made).unwrap().code_hash;
    let answer = world.memory.0[&StateKey::EvmCode(hash)].to_vec();
    let signer = B256::abi_decode(&bytes_of(&answer.into())).unwrap();
    assert_eq!(signer, expected.into_word());
}
