//! X17: calls that wait until the transaction's own code is done.

use super::world::*;
use lumio_tests::actors::{Frame, Mode, Root, Stage, Step, check};
use std::collections::BTreeMap;

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

/// A contract that queues the same call so many times.
fn looper(input: &[u8], times: u16) -> Bytes {
    // CODECOPY the input behind the code, then CALL in a loop that counts down.
    let (length, start) = (u16::try_from(input.len()).unwrap(), 55_u16);
    let mut code = vec![0x61];
    code.extend(length.to_be_bytes());
    code.push(0x61);
    code.extend(start.to_be_bytes());
    code.extend([0x5f, 0x39, 0x61]);
    code.extend(times.to_be_bytes());
    code.extend([0x5b, 0x5f, 0x5f, 0x61]);
    code.extend(length.to_be_bytes());
    code.extend([0x5f, 0x5f, 0x73]);
    code.extend(QUEUE_ADDRESS.as_slice());
    code.extend([
        0x5a, 0xf1, 0x50, 0x60, 1, 0x90, 0x03, 0x80, 0x60, 11, 0x57, 0x00,
    ]);
    code.resize(usize::from(start), 0);
    code.extend(input);
    code.into()
}

const LOOPER: Address = Address::repeat_byte(0x33);
const TOO_MANY: &str = "a transaction may queue 256 calls, and this one queued more";

fn run_looper(world: &mut World, gas: u64) -> Executed {
    let to = TxKind::Call(LOOPER);
    let transaction = world.user.transaction(to, U256::ZERO, Bytes::new(), gas);
    let (executor, block) = (&world.executor, &world.block);
    moving::run(executor, &mut world.memory, block, &transaction).unwrap()
}

#[test]
fn x17_the_evm_may_queue_256_calls() {
    assert_eq!(MAX_QUEUED, 256);
    for (times, fits) in [(256, true), (257, false)] {
        let mut world = World::new();
        let before = world.rest();
        let code = looper(&queue_input("bump"), times);
        world.memory.deploy(LOOPER, code.clone());
        let done = run_looper(&mut world, 16_000_000);
        assert_eq!(
            done.success,
            fits,
            "{} {}",
            reason_of(&done.output),
            done.gas_used
        );
        assert_eq!(world.count(), if fits { 256 } else { 0 });
        if !fits {
            assert_eq!(reason_of(&done.output), TOO_MANY);
            let mut same = before;
            same.deploy(LOOPER, code);
            assert_eq!(world.rest(), same);
        }
    }
}

#[test]
fn x17_move_may_queue_256_calls() {
    for (times, fits) in [(256_u64, true), (257, false)] {
        let mut world = World::new();
        let mut alice = move_user(&mut world, 3);
        let args = vec![id(LOOPER), bcs_of(b"f()"), times.to_le_bytes().to_vec()];
        // Emits what it gets: one log each.
        world
            .memory
            .deploy(LOOPER, Bytes::from_static(&[0x5f, 0x5f, 0xa0]));
        let call = alice.call_at(MODULE, ("hazards", "queue_many"), vec![], args);
        let (executor, block) = (&world.executor, &world.block);
        let done = moving::run(executor, &mut world.memory, block, &call).unwrap();
        assert_eq!(done.success, fits, "{}", status(&done));
        let logs = done
            .events
            .iter()
            .filter(|event| event.log.address == LOOPER);
        assert_eq!(logs.count(), if fits { 256 } else { 0 });
        if !fits {
            assert!(status(&done).ends_with(TOO_MANY), "{}", status(&done));
            assert_eq!(done.events.len(), 1, "the fee statement");
        }
    }
}

#[test]
fn x17_calls_that_queue_each_other_come_to_an_end() {
    let mut world = World::new();
    // The contract queues a call of Move, which queues a call of the contract.
    let args = (LOOPER.into_word(), Bytes::from_static(b"f()"), 1_u64);
    let input = queue::callCall {
        module_address: module().to_vec().into(),
        module: Bytes::from_static(b"hazards"),
        r#fn: Bytes::from_static(b"queue_many"),
        args: args.abi_encode_params().into(),
        types: Bytes::new(),
    };
    let code = looper(&input.abi_encode(), 1);
    world.memory.deploy(LOOPER, code);
    let before = world.rest();
    let done = run_looper(&mut world, 16_000_000);
    assert!(!done.success && done.events.is_empty());
    assert_eq!(reason_of(&done.output), TOO_MANY);
    // With less gas it ends before.
    let done = run_looper(&mut world, 1_000_000);
    assert!(!done.success && done.events.is_empty());
    assert_eq!(done.gas_used, 1_000_000);
    assert_eq!(world.rest(), before);
}

#[test]
fn x17_a_queued_call_pays_with_the_gas_of_the_transaction() {
    let mut world = World::new();
    let spin = queue_input("spin");
    let to = TxKind::Call(QUEUE_ADDRESS);
    let transaction = world
        .user
        .transaction(to, U256::ZERO, spin.into(), 1_000_000);
    let (executor, block) = (&world.executor, &world.block);
    let done = moving::run(executor, &mut world.memory, block, &transaction).unwrap();
    assert!(!done.success && done.events.is_empty());
    assert_eq!(done.gas_used, 1_000_000);
}

/// A frame that marks, and does more.
fn marks(actor: u8, number: u8, more: Vec<Step>) -> Frame {
    let mut steps = vec![Step::Write(0, number), Step::Mark(number)];
    steps.extend(more);
    Frame {
        actor,
        quiet: true,
        keeps_state: true,
        is_itself: true,
        steps,
        ..Frame::default()
    }
}

/// What the actors have marked, in order.
fn order(stage: &mut Stage, root: &Root) -> Vec<u8> {
    let events = check(stage, root, &mut BTreeMap::new());
    let marks = events.iter().filter_map(|event| match &event.origin {
        EventOrigin::Move(of) if of.type_tag.ends_with("::actor::Marked") => {
            Some(event.log.data.data[0])
        }
        EventOrigin::Evm if event.log.topics()[0] == keccak256("Marked(uint8,uint256)") => {
            Some(event.log.data.data[31])
        }
        _ => None,
    });
    marks.collect()
}

/// Calls that queue, with a call that queues in a frame that fails.
fn queues(first: u8, second: u8, fails: bool) -> Frame {
    let last = if fails { vec![Step::Fail(9)] } else { vec![] };
    let third = Step::Queue(marks(first + 1, 5, last));
    let inner = Step::Queue(marks(second, 3, vec![third]));
    let lost = marks(
        first + 2,
        9,
        vec![Step::Queue(marks(second, 8, vec![])), Step::Fail(1)],
    );
    let catches = Mode {
        catches: true,
        ..Mode::default()
    };
    let mut steps = vec![Step::Queue(marks(second, 2, vec![])), inner];
    steps.push(match first {
        0 => Step::Call(catches, lost),
        _ => Step::Call(catches, marks(0, 9, vec![Step::Fail(1)])),
    });
    steps.extend([Step::Queue(marks(second, 4, vec![])), Step::Mark(6)]);
    marks(first, 1, steps)
}

#[test]
fn x17_first_in_first_out_and_what_they_queue_comes_last() {
    for root in [
        Root::Evm(queues(0, 3, false), 0),
        Root::Move(queues(3, 0, false)),
    ] {
        assert_eq!(order(&mut Stage::new(), &root), [1, 6, 2, 3, 4, 5]);
    }
}

#[test]
fn x17_one_that_fails_undoes_everything_in_both() {
    for root in [
        Root::Evm(queues(0, 3, true), 0),
        Root::Move(queues(3, 0, true)),
    ] {
        let mut stage = Stage::new();
        let before = stage.world.clone();
        assert_eq!(order(&mut stage, &root), [0_u8; 0]);
        assert_eq!(stage.world.cells, before.cells);
        assert_eq!(stage.world.links, before.links);
    }
}
