//! X5: nobody asks in another's name.

use super::world::*;

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
fn x5_a_module_of_the_same_name_queues_nothing() {
    let mut world = World::new();
    let mut alice = move_user(&mut world, 3);
    // One account like any other, and one that ends as the address of the queue.
    let mut ends_alike = [0xaa; 32];
    ends_alike[12..].copy_from_slice(QUEUE_ADDRESS.as_slice());
    for place in [[0xbb; 32], ends_alike] {
        let place = engine::Address(place);
        for (name, bytes) in lumio_tests::crossing::compiled("forger", &[("forger", place)]) {
            let owner = AccountId(place.0.into());
            let key = StateKey::MoveModule(owner, Bytes::copy_from_slice(name.as_bytes()));
            world.memory.0.insert(key, Value::from(bytes));
        }
        let set = setCall {
            key: U256::from(1),
            value: U256::from(5),
        };
        let mut sender = vec![0; 32];
        sender[12..].copy_from_slice(world.user.address().as_slice());
        let forged = vec![
            bcs_of(CONTRACT.as_slice()),
            bcs_of(&set.abi_encode()),
            sender,
        ];
        let call = alice.call_at(place, ("evm", "forge"), vec![], forged);
        let (executor, block) = (&world.executor, &world.block);
        let done = moving::run(executor, &mut world.memory, block, &call).unwrap();
        assert!(done.success, "{}", status(&done));
        assert_eq!((done.events.len(), world.cell(1)), (2, U256::ZERO));
        // The topic differs from the queue's, and so does where it comes from.
        let call = alice.call_at(place, ("queue", "forge"), vec![], vec![bcs_of(&[1; 64])]);
        let (executor, block) = (&world.executor, &world.block);
        let done = moving::run(executor, &mut world.memory, block, &call).unwrap();
        assert!(done.success && done.events.len() == 2, "{}", status(&done));
        assert_eq!(
            done.events[0].log.address == QUEUE_ADDRESS,
            place.0 == ends_alike
        );
    }
}

#[test]
fn x5_a_log_of_a_contract_is_no_event_of_move() {
    let mut world = World::new();
    // LOG1 with the topic of `CallEvent`, and the rest of the input as data.
    let topic = keccak256(format!("{:064x}::evm::CallEvent", 1));
    let mut code = vec![0x36, 0x5f, 0x5f, 0x37, 0x7f];
    code.extend(topic);
    code.extend([0x36, 0x5f, 0xa1, 0x00]);
    let forger = Address::repeat_byte(0x44);
    world.memory.deploy(forger, code.into());
    let set = setCall {
        key: U256::from(1),
        value: U256::from(5),
    };
    let mut data = bcs_of(CONTRACT.as_slice());
    data.extend(bcs_of(&set.abi_encode()));
    data.extend(world.user.address().into_word());
    let done = world.evm_to(forger, data);
    assert!(done.success && done.events.len() == 1);
    assert_eq!(done.events[0].log.topics(), [topic]);
    assert_eq!(world.cell(1), U256::ZERO);
}
