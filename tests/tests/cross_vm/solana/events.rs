//! X10: one list of events for a transaction of any machine, in order, without those of frames that
//! failed.

use super::stage::*;
use lumio_types::EventOrigin;

fn origins(events: &[Event]) -> Vec<VmId> {
    let of = |event: &Event| match event.origin {
        EventOrigin::Evm => VmId::Evm,
        EventOrigin::Move(_) => VmId::Move,
        EventOrigin::Svm => VmId::Svm,
    };
    events.iter().map(of).collect()
}

#[test]
fn x10_events_of_all_machines_are_in_one_order() {
    for way in (2..=3).flat_map(ways) {
        let actors = cast(&way);
        let mut inner: Option<Frame> = None;
        for actor in actors.iter().rev() {
            let mut steps = vec![Step::Mark(1)];
            steps.extend(inner.take().map(call));
            steps.push(Step::Mark(2));
            inner = Some(frame(*actor, steps));
        }
        let mut stage = Stage::new();
        // The model has every event, with its data, at its place.
        let (_, events) = run(&mut stage, inner.unwrap());
        // Each announces itself, the first mark and then, after those further in, the second.
        let there = way.iter().flat_map(|vm| [*vm; 2]);
        let back = way.iter().rev().flat_map(|vm| [*vm; 2]);
        let announced = |vm: &VmId| *vm != VmId::Svm || lumio_tests::actors::programs_announce();
        let expected: Vec<_> = there.chain(back).filter(announced).collect();
        assert_eq!(origins(&events), expected, "{way:?}");
    }
}

#[test]
fn x10_events_of_what_failed_are_gone_whoever_caught_it() {
    for pair in pairs() {
        let actors = cast(&pair);
        let fails = frame(actors[1], vec![Step::Mark(1), Step::Mark(2), Step::Fail(1)]);
        let mut stage = Stage::new();
        let (_, events) = run(
            &mut stage,
            frame(actors[0], vec![try_call(fails), Step::Mark(3)]),
        );
        assert!(!origins(&events).contains(&pair[1]), "{pair:?}");
    }
}

#[test]
fn x10_events_of_what_was_queued_follow_the_rest() {
    for pair in pairs() {
        let actors = cast(&pair);
        let later = frame(actors[1], vec![Step::Mark(9)]);
        let mut stage = Stage::new();
        let steps = vec![Step::Queue(later), Step::Mark(1)];
        let (_, events) = run(&mut stage, frame(actors[0], steps));
        let origins = origins(&events);
        let announces = |vm: VmId| vm != VmId::Svm || lumio_tests::actors::programs_announce();
        if announces(pair[1]) {
            assert_eq!(origins.last(), Some(&pair[1]), "{pair:?}");
            let first = origins.iter().position(|vm| *vm == pair[1]).unwrap();
            assert!(origins[first..].iter().all(|vm| *vm == pair[1]), "{pair:?}");
        }
    }
}
