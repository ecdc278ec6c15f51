//! X17: calls that wait until the transaction's own code is done.

use super::world::*;

#[test]
fn x17_queued_calls_run_in_order_after_the_rest_or_not_at_all() {
    let mut world = World::new();
    let queue = |function: &str, args: Vec<u8>| {
        let (types, args) = (String::new(), args.into());
        queueCall {
            module: module(),
            r#fn: function.into(),
            args,
            types,
        }
        .abi_encode()
    };
    let done = world.evm(queue("bump", vec![]));
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(world.count(), 1);
    // The announcement, then what the call emitted, on behalf of the contract.
    assert_eq!(done.events.len(), 2);
    assert_eq!(done.events[0].log.address, QUEUE_ADDRESS);
    let topic = "b1ee1c34db66e83584533a490e5cca83973604a6511b9c72c2d018d9ed9b1fad";
    assert_eq!(
        done.events[0].log.topics()[0],
        topic.parse::<B256>().unwrap()
    );
    assert_eq!(done.events[1].log.data.data[..32], CONTRACT.into_word()[..]);
    let done = world.evm(queue("add", (0_u64, 1_u64).abi_encode_params()));
    assert!(!done.success && done.events.is_empty());
    assert_eq!(MoveAbort::abi_decode(&done.output).unwrap().code, 7);
    // From Move.
    let mut alice = move_user(&mut world, 3);
    let word = |number: u64| U256::from(number).to_le_bytes::<32>().to_vec();
    let done = world.moving(
        &mut alice,
        "queue_set",
        vec![id(CONTRACT), word(5), word(6)],
    );
    assert!(done.success, "{}", status(&done));
    assert_eq!(world.cell(5), U256::from(6));
    let topics: Vec<_> = done
        .events
        .iter()
        .map(|event| event.log.topics()[0])
        .collect();
    let topic = "64f273725c56a151b02d06f3391189ce0b819bb537919e3362e1a2348da5c95a";
    assert_eq!(topics[0], topic.parse::<B256>().unwrap());
    assert_eq!(topics[1], keccak256("Set(uint256,uint256)"));
    let missing = Address::repeat_byte(0x77);
    let done = world.moving(&mut alice, "queue_set", vec![id(missing), word(5), word(7)]);
    assert!(done.success, "an account without code does nothing");
}

#[test]
fn the_queue_is_bounded() {
    assert_eq!(MAX_QUEUED, 256);
    let mut world = World::new();
    // A contract that queues the same call in a loop: too many of them.
    let mut code = Vec::new();
    let input = queue_input("count");
    // CODECOPY the input behind the code, then CALL in a loop that counts down from 300.
    let (length, start) = (u16::try_from(input.len()).unwrap(), 55_u16);
    code.extend([0x61]);
    code.extend(length.to_be_bytes());
    code.extend([0x61]);
    code.extend(start.to_be_bytes());
    code.extend([0x5f, 0x39, 0x61, 1, 44, 0x5b]);
    code.extend([0x5f, 0x5f, 0x61]);
    code.extend(length.to_be_bytes());
    code.extend([0x5f, 0x5f, 0x73]);
    code.extend(QUEUE_ADDRESS.as_slice());
    code.extend([
        0x5a, 0xf1, 0x50, 0x60, 1, 0x90, 0x03, 0x80, 0x60, 11, 0x57, 0x00,
    ]);
    while code.len() < usize::from(start) {
        code.push(0);
    }
    code.extend(&input);
    let looper = Address::repeat_byte(0x33);
    world.memory.deploy(looper, code.into());
    let transaction =
        world
            .user
            .transaction(TxKind::Call(looper), U256::ZERO, Bytes::new(), 16_000_000);
    let done = moving::run(
        &world.executor,
        &mut world.memory,
        &world.block,
        &transaction,
    )
    .unwrap();
    let reason = reason_of(&done.output);
    assert!(
        !done.success && reason.contains("may queue 256 calls"),
        "{reason} {}",
        done.gas_used
    );
}
