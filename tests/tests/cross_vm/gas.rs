//! X8: what a call costs, and what it gets.

use super::world::*;

#[test]
fn x8_a_callee_without_end_takes_its_own_gas_only() {
    let mut world = World::new();
    let done = world.hello("spin", vec![]);
    assert!(!done.success);
    assert_eq!(OutOfGas::abi_decode(&done.output), Ok(OutOfGas {}));
    assert!(
        done.gas_used > 2_800_000 && done.gas_used < 3_000_000,
        "{}",
        done.gas_used
    );
}

#[test]
fn a_new_link_is_paid_for() {
    let mut world = World::new();
    let mut alice = move_user(&mut world, 3);
    let word = |number: u64| U256::from(number).to_le_bytes::<32>().to_vec();
    let mut gas = |user: &mut MoveUser| {
        let done = world.moving(user, "queue_set", vec![id(CONTRACT), word(1), word(1)]);
        assert!(done.success);
        done.gas_used
    };
    let (first, second, third) = (gas(&mut alice), gas(&mut alice), gas(&mut alice));
    // The slot was new as well, for 17,100 more than what follows.
    assert!(first > second + 10_000 + 17_100, "{first} {second}");
    assert_eq!(second, third);
}

/// A call of `hello::relay`, which calls the contract, which calls `hello::relay`, and so on.
fn ping_pong(turns: usize) -> Vec<u8> {
    let mut input = setCall {
        key: U256::from(1),
        value: U256::from(turns),
    }
    .abi_encode();
    for _ in 0..turns {
        let args = (CONTRACT.into_word(), Bytes::from(input)).abi_encode_params();
        input = callCall {
            module: module(),
            r#fn: "relay".into(),
            args: args.into(),
        }
        .abi_encode();
    }
    input
}

#[test]
fn x12_a_long_ping_pong_ends_without_harm() {
    let mut world = World::new();
    for turns in [1, 8, 31] {
        let input = Bytes::from(ping_pong(turns));
        let to = TxKind::Call(CONTRACT);
        let transaction = world.user.transaction(to, U256::ZERO, input, 16_000_000);
        let (executor, block) = (&world.executor, &world.block);
        let done = moving::run(executor, &mut world.memory, block, &transaction).unwrap();
        assert!(done.success, "{turns}: {}", reason_of(&done.output));
        assert_eq!(world.cell(1), U256::from(turns));
    }
    // One more turn is one too many: that call fails, and with it what waits for it.
    let input = Bytes::from(ping_pong(40));
    let to = TxKind::Call(CONTRACT);
    let transaction = world.user.transaction(to, U256::ZERO, input, 16_000_000);
    let (executor, block) = (&world.executor, &world.block);
    let done = moving::run(executor, &mut world.memory, block, &transaction).unwrap();
    let reason = reason_of(&done.output);
    assert!(
        !done.success && reason.contains("64 calls between virtual machines"),
        "{reason}"
    );
    assert_eq!(world.cell(1), U256::from(31));
}

/// How much more gas a contract at the end of a path gets when the beginning gets so much more.
fn slope(path: impl Fn(u64) -> Call, answer: impl Fn(&Bytes) -> Bytes) -> u64 {
    let world = World::new();
    let left = |gas: u64| {
        let (outcome, _) = world.bare(path(gas));
        assert!(outcome.is_success(), "{}", reason_of(&outcome.output));
        U256::abi_decode(&answer(&outcome.output))
            .unwrap()
            .to::<u64>()
    };
    left(4_000_000 + MORE) - left(4_000_000)
}

/// A number of which 63/64 can be taken four times.
const MORE: u64 = 64 * 64 * 64 * 64;

const fn passed_on(times: u32) -> u64 {
    MORE / 64_u64.pow(times) * 63_u64.pow(times)
}

const CALLER: Address = Address::repeat_byte(9);

/// `relay` of the gas meter, as an argument of `callMove`.
fn measured() -> Vec<u8> {
    calls(
        "hazards",
        "relay",
        &[],
        relay_args(GAS_METER, U256::ZERO, &[]),
    )
}

#[test]
fn x8_63_64_from_evm_to_evm() {
    let input = relayed(GAS_METER, &[]);
    let path = |gas| of_evm(CALLER, by(CALL), input.clone(), gas);
    assert_eq!(slope(path, Bytes::clone), passed_on(1));
}

#[test]
fn x8_63_64_from_move_to_evm() {
    let args = relay_args(GAS_METER, U256::ZERO, &[]);
    let path = |gas| of_move(CALLER, "relay", args.clone(), gas);
    assert_eq!(slope(path, bytes_of), passed_on(1));
}

#[test]
fn x8_63_64_from_evm_to_move() {
    // By the EVM to its contract, by that to Move, by Move to the meter.
    let input = relayed(CROSS_VM_ADDRESS, &measured());
    let path = |gas| of_evm(CALLER, by(CALL), input.clone(), gas);
    let answer = |output: &Bytes| bytes_of(&bytes_of(output));
    assert_eq!(slope(path, answer), passed_on(3));
}

#[test]
fn x8_63_64_from_move_to_evm_to_move() {
    let args = relay_args(CROSS_VM_ADDRESS, U256::ZERO, &measured());
    let path = |gas| of_move(CALLER, "relay", args.clone(), gas);
    let answer = |output: &Bytes| bytes_of(&bytes_of(&bytes_of(output)));
    assert_eq!(slope(path, answer), passed_on(3));
}

#[test]
fn x8_what_a_callee_does_is_charged_to_its_caller() {
    let world = World::new();
    let used = |call: Call| {
        let (outcome, _) = world.bare(call);
        assert!(outcome.is_success(), "{}", reason_of(&outcome.output));
        outcome.gas_used
    };
    // A megabyte of zeros: what the EVM takes for the memory, and more for each byte of it.
    let size = 1_000_000_u32.to_be_bytes();
    let words = 31_250_u64;
    let memory = 3 * words + words * words / 512;
    let alone = used(of_evm(CALLER, LARGE, size.to_vec(), 50_000_000));
    assert!(alone >= memory && alone < memory + 100);
    let args = relay_args(LARGE, U256::ZERO, &size);
    let by_move = used(of_move(CALLER, "relay", args.clone(), 50_000_000));
    assert!(by_move > alone + 4 * 1_000_000, "{by_move} {alone}");
    // With less, it is out of gas, and all that it had is gone.
    let less = of_move(CALLER, "relay", args, by_move - 1_000_000);
    let (outcome, finished) = world.bare(less.clone());
    assert_eq!(
        (outcome.status, outcome.gas_used),
        (Status::OutOfGas, less.gas)
    );
    assert!(finished.writes.is_empty());
}

#[test]
fn x8_out_of_gas_ends_the_callee_alone() {
    let world = World::new();
    let gas = 6_400_000;
    // Move goes on with its 64th.
    let args = relay_args(BURNER, U256::ZERO, &[]);
    let (outcome, _) = world.bare(of_move(CALLER, "try_relay", args.clone(), gas));
    assert!(outcome.is_success(), "{}", reason_of(&outcome.output));
    let (ok, data) = <(bool, Bytes)>::abi_decode_params(&outcome.output).unwrap();
    assert!(!ok && data.is_empty());
    let left = gas - outcome.gas_used;
    assert!((70_000..100_000).contains(&left), "{left}");
    // Where the failure is not caught, it has a name, and what is left is left.
    let (outcome, _) = world.bare(of_move(CALLER, "relay", args, gas));
    let abort = MoveAbort::abi_decode(&outcome.output).unwrap();
    assert_eq!(abort.code, 0x7_0001);
    assert!(
        abort.message.ends_with("the call broke a rule of the EVM"),
        "{}",
        abort.message
    );
    // The EVM goes on with its 64th, and with that of the contract that calls.
    let input = relayed(CROSS_VM_ADDRESS, &tries("hello", "spin", vec![]));
    let (outcome, _) = world.bare(of_evm(CALLER, by(CALL), input, gas));
    assert!(outcome.is_success());
    let (ok, data) = <(bool, Bytes)>::abi_decode_params(&outcome.output).unwrap();
    assert!(!ok && OutOfGas::abi_decode(&data).is_ok());
    let left = gas - outcome.gas_used;
    assert!((180_000..200_000).contains(&left), "{left}");
}

#[test]
fn x8_a_bomb_of_data_costs_whoever_takes_it() {
    let world = World::new();
    let size = 2_000_000_u32.to_be_bytes();
    let args = relay_args(LARGE_FAILURE, U256::ZERO, &size);
    // Who catches a failure gets its data, and pays for them.
    let (outcome, _) = world.bare(of_move(CALLER, "try_relay", args.clone(), 12_000_000));
    assert_eq!(outcome.status, Status::OutOfGas);
    let (outcome, _) = world.bare(of_move(CALLER, "try_relay", args.clone(), 60_000_000));
    assert!(outcome.is_success());
    // Who does not, gets the beginning and the end of them.
    let (outcome, _) = world.bare(of_move(CALLER, "relay", args, 12_000_000));
    let abort = MoveAbort::abi_decode(&outcome.output).unwrap();
    assert!(abort.message.len() < 1_000);
}

#[test]
fn x8_values_that_grow_on_the_way_are_paid_for_before_they_do() {
    let world = World::new();
    for function in ["many", "encode_many"] {
        let used = |power: u64, gas: u64| {
            let args = power.abi_encode();
            world.bare(of_move(CALLER, function, args, gas)).0
        };
        // A bool is a byte there, and 32 here.
        let (small, large) = (used(10, 10_000_000), used(14, 10_000_000));
        assert!(
            small.is_success() && large.is_success(),
            "{}",
            reason_of(&large.output)
        );
        let difference = large.gas_used - small.gas_used;
        assert!(
            difference > 2 * 32 * ((1 << 14) - (1 << 10)),
            "{function} {difference}"
        );
        // What cannot be paid for is not made: it would take gigabytes.
        let clock = std::time::Instant::now();
        assert_eq!(used(24, 200_000_000).status, Status::OutOfGas);
        assert!(
            clock.elapsed().as_secs() < 3,
            "{function} {:?}",
            clock.elapsed()
        );
    }
}

/// Gas that a transaction gets back.
fn refund(input: Vec<u8>) -> (bool, u64) {
    let mut world = World::new();
    // The slot of `cells[1]` and of `cells[2]`.
    for (slot, value) in [(1_u64, 5_u64), (2, 0)] {
        let place = keccak256((U256::from(slot), U256::ZERO).abi_encode());
        let key = StateKey::EvmStorage(CONTRACT, U256::from_be_bytes(place.0));
        if value > 0 {
            world.memory.0.insert(key, Value::word(U256::from(value)));
        }
    }
    let to = TxKind::Call(by(CALL));
    let input = Bytes::from(input);
    let transaction = world.user.transaction(to, U256::ZERO, input, 3_000_000);
    let transaction = lumio_vm_evm::evm_transaction(&transaction);
    let env = world.executor.env(&world.block, &transaction);
    let mut journal = Journal::new(&world.memory);
    let mut bus = Bus::new(&mut journal, &env, world.executor.vms(), 3_000_000);
    let done = world
        .executor
        .evm()
        .transact(transaction, &mut bus)
        .unwrap();
    (done.status == Status::Success, done.gas_refunded)
}

#[test]
fn x8_what_nested_frames_free_is_given_back_once() {
    let set = |key: u64, value: u64| {
        let (key, value) = (U256::from(key), U256::from(value));
        setCall { key, value }.abi_encode()
    };
    let by_move = |function: &str, input: Vec<u8>| {
        let args = match function {
            "relay_and_abort" => (CONTRACT.into_word(), Bytes::from(input)).abi_encode_params(),
            _ => relay_args(CONTRACT, U256::ZERO, &input),
        };
        relayed(CROSS_VM_ADDRESS, &tries("hazards", function, args))
    };
    // EIP-3529: 4,800 for a slot that is cleared.
    assert_eq!(refund(relayed(CONTRACT, &set(1, 0))), (true, 4_800));
    assert_eq!(refund(by_move("relay", set(1, 0))), (true, 4_800));
    assert_eq!(refund(by_move("relay_and_abort", set(1, 0))), (true, 0));
    assert_eq!(refund(by_move("relay", set(1, 7))), (true, 0));
    // A queued call gives nothing back.
    let args = relay_args(CONTRACT, U256::ZERO, &set(1, 0));
    let queued = queue::callCall {
        module_address: module().to_vec().into(),
        module: Bytes::from_static(b"hazards"),
        r#fn: Bytes::from_static(b"relay"),
        args: args.into(),
        types: Bytes::new(),
    };
    assert_eq!(
        refund(relayed(QUEUE_ADDRESS, &queued.abi_encode())),
        (true, 0)
    );
    // Nor does a Move transaction: to clear costs what to change costs.
    let used = |value: u64| {
        let mut world = World::new();
        let place = keccak256((U256::from(1), U256::ZERO).abi_encode());
        let key = StateKey::EvmStorage(CONTRACT, U256::from_be_bytes(place.0));
        world.memory.0.insert(key, Value::word(U256::from(5)));
        let mut alice = move_user(&mut world, 3);
        let args = vec![id(CONTRACT), vec![0; 32], bcs_of(&set(1, value))];
        let call = alice.call_at(MODULE, ("hazards", "start"), vec![], args);
        let (executor, block) = (&world.executor, &world.block);
        let done = moving::run(executor, &mut world.memory, block, &call).unwrap();
        assert!(done.success, "{}", status(&done));
        assert_eq!(world.cell(1), U256::from(value));
        done.gas_used
    };
    assert_eq!(used(0), used(7));
}

#[test]
fn x8_calls_nest_to_a_depth_of_64_from_move_too() {
    for (turns, fits) in [(31, true), (32, false)] {
        let mut world = World::new();
        let mut input = setCall {
            key: U256::from(1),
            value: U256::from(9),
        }
        .abi_encode();
        let mut to = CONTRACT;
        // Each turn is a call of the EVM's contract, and by that one of Move, which calls the next.
        for _ in 0..turns {
            input = calls("hazards", "relay", &[], relay_args(to, U256::ZERO, &input));
            to = CROSS_VM_ADDRESS;
        }
        let args = vec![id(to), vec![0; 32], bcs_of(&input)];
        let mut alice = move_user(&mut world, 3);
        let transaction = alice.call_at(MODULE, ("hazards", "start"), vec![], args);
        let done = moving::run(
            &world.executor,
            &mut world.memory,
            &world.block,
            &transaction,
        );
        let done = done.unwrap();
        assert_eq!(done.success, fits, "{turns}: {}", status(&done));
        assert_eq!(world.cell(1), U256::from(if fits { 9 } else { 0 }));
        if !fits {
            let text = status(&done);
            assert!(
                text.contains("more than 64 calls between virtual machines are open"),
                "{text}"
            );
        }
    }
}
