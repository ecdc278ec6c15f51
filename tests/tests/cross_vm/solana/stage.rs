//! Chains of actors: one of each machine calls the next.

use lumio_state::{StateKey, Value};
pub(super) use lumio_tests::actors::{
    Frame, Mode, Root, Stage, Step, account, address, check, vm_of,
};
pub(super) use lumio_types::{AccountId, Event, VmId};
use std::collections::BTreeMap;

/// The machines.
pub(super) const MACHINES: [VmId; 3] = [VmId::Evm, VmId::Move, VmId::Svm];
/// The rich account without code that frames pay.
pub(super) const PAYEE: u8 = 8;

/// Every ordered pair of two machines.
pub(super) fn pairs() -> Vec<[VmId; 2]> {
    let pairs = MACHINES.iter().flat_map(|a| MACHINES.map(|b| [*a, b]));
    pairs.filter(|[a, b]| a != b).collect()
}

/// Every way through the machines of a length, without a machine that calls itself, with Solana once
/// at most, which is not entered again, and below it with each other machine once at most.
pub(super) fn ways(length: usize) -> Vec<Vec<VmId>> {
    let mut ways: Vec<Vec<VmId>> = vec![vec![]];
    for _ in 0..length {
        let longer = ways.iter().flat_map(|way| {
            let next = MACHINES.into_iter().filter(|vm| {
                let solana = way.iter().position(|vm| *vm == VmId::Svm);
                let again = solana.is_some_and(|at| way[at..].contains(vm));
                way.last() != Some(vm) && !again
            });
            next.map(|vm| [way.clone(), vec![vm]].concat())
        });
        ways = longer.collect();
    }
    ways
}

/// Actors of a way. Below Solana they are those whose accounts no call of Solana names, so that
/// they may pay.
pub(super) fn cast(way: &[VmId]) -> Vec<u8> {
    let mut above = BTreeMap::from([(VmId::Evm, vec![2, 0]), (VmId::Move, vec![6, 3])]);
    let mut below = BTreeMap::from([(VmId::Evm, vec![1]), (VmId::Move, vec![5])]);
    let mut is_below = false;
    let actors = way.iter().map(|vm| {
        if *vm == VmId::Svm {
            is_below = true;
            return 10;
        }
        let of = if is_below { &mut below } else { &mut above };
        of.get_mut(vm).and_then(Vec::pop).unwrap()
    });
    actors.collect()
}

/// A frame of an actor as itself.
pub(super) fn frame(actor: u8, steps: Vec<Step>) -> Frame {
    Frame {
        actor,
        is_itself: vm_of(actor) != VmId::Evm,
        keeps_state: vm_of(actor) == VmId::Move,
        seed: PAYEE,
        steps,
        ..Frame::default()
    }
}

/// A call whose failure is the caller's.
pub(super) fn call(frame: Frame) -> Step {
    Step::Call(Mode::default(), frame)
}

/// A call whose failure is caught.
pub(super) fn try_call(frame: Frame) -> Step {
    let mode = Mode {
        catches: true,
        ..Mode::default()
    };
    Step::Call(mode, frame)
}

/// A call in which nothing may change.
pub(super) fn static_call(frame: Frame) -> Step {
    let mode = Mode {
        is_static: true,
        catches: true,
        raw: true,
        ..Mode::default()
    };
    Step::Call(mode, frame)
}

/// What each frame does besides: it writes, pays and announces.
pub(super) fn work(value: u8) -> Vec<Step> {
    vec![
        Step::Write(1, value),
        Step::Pay(PAYEE, 2),
        Step::Mark(value),
    ]
}

/// The transaction that begins with a frame.
pub(super) fn root(frame: Frame) -> Root {
    match vm_of(frame.actor) {
        VmId::Evm => Root::Evm(frame, 0),
        VmId::Move => Root::Move(frame),
        VmId::Svm => Root::Solana(frame),
    }
}

/// Runs a tree, for real and in the model. What has happened, and the events.
pub(super) fn run(stage: &mut Stage, frame: Frame) -> (BTreeMap<&'static str, u32>, Vec<Event>) {
    let mut happened = BTreeMap::new();
    let supply = stage.memory.supply();
    let events = check(stage, &root(frame), &mut happened);
    assert_eq!(stage.memory.supply(), supply, "wei are conserved");
    (happened, events)
}

/// The state, but for what a transaction changes that does nothing: fees, the sender's nonce, and
/// what keeps it from coming again.
pub(super) fn rest(stage: &Stage) -> BTreeMap<StateKey, Value> {
    let numbers = (0..13).map(address);
    let known: Vec<_> = numbers.collect();
    let mut rest = stage.memory.0.clone();
    rest.retain(|key, _| match key {
        StateKey::Balance(owner) => known.contains(owner),
        StateKey::EvmAccount(owner) => known.contains(owner),
        StateKey::EvmStorage(..)
        | StateKey::MoveResource(..)
        | StateKey::MoveTableItem(..)
        | StateKey::SvmAccount(_) => !is_of_sender(key),
        _ => false,
    });
    rest
}

/// Where Move's sender has its sequence number.
fn is_of_sender(key: &StateKey) -> bool {
    let StateKey::MoveResource(owner, _) = key else {
        return false;
    };
    (0..13).all(|number| account(number) != *owner)
}

/// What an actor has in a cell.
pub(super) fn cell(stage: &Stage, actor: u8, key: u8) -> u64 {
    stage.world.cell(actor, key)
}
