//! X1, X2: an outer failure takes back what inner calls did, in every machine, and no wei are made
//! or lost.

use super::stage::*;

/// A way whose frames all work, and one of which then fails. One further out may catch that.
fn way(actors: &[u8], fails: Option<usize>, catches: Option<usize>) -> Frame {
    let mut inner: Option<Frame> = None;
    for (at, actor) in actors.iter().enumerate().rev() {
        let mut steps = work(7);
        if let Some(inner) = inner.take() {
            steps.push(match catches == Some(at) {
                true => try_call(inner),
                false => call(inner),
            });
            // Afterwards too, so that something is there to be counted twice.
            steps.extend(work(8));
        }
        if fails == Some(at) {
            steps.push(Step::Fail(3));
        }
        inner = Some(frame(*actor, steps));
    }
    inner.unwrap()
}

fn all_ways() -> Vec<Vec<u8>> {
    let ways = (2..=4).flat_map(ways);
    ways.map(|way| cast(&way)).collect()
}

#[test]
fn a_call_that_succeeds_stays_in_every_machine() {
    for actors in all_ways() {
        let mut stage = Stage::new();
        run(&mut stage, way(&actors, None, None));
        for (at, actor) in actors.iter().enumerate() {
            let last = if at + 1 == actors.len() { 7 } else { 8 };
            assert_eq!(cell(&stage, *actor, 1), last, "{actors:?}");
        }
    }
}

#[test]
fn a_failure_at_any_ancestor_leaves_nothing_in_any_machine() {
    for actors in all_ways() {
        for fails in 0..actors.len() {
            let mut stage = Stage::new();
            let before = rest(&stage);
            run(&mut stage, way(&actors, Some(fails), None));
            assert_eq!(rest(&stage), before, "{actors:?} {fails}");
        }
    }
}

#[test]
fn a_failure_that_is_caught_leaves_what_is_outside_of_it() {
    for actors in all_ways() {
        for fails in 1..actors.len() {
            for catches in 0..fails {
                let mut stage = Stage::new();
                let (happened, _) = run(&mut stage, way(&actors, Some(fails), Some(catches)));
                let caught = happened.keys().filter(|what| what.contains(": caught"));
                assert_eq!(caught.count(), 1, "{actors:?} {happened:?}");
                for (at, actor) in actors.iter().enumerate() {
                    let expected = if at <= catches { 8 } else { 0 };
                    assert_eq!(cell(&stage, *actor, 1), expected, "{actors:?} {at}");
                }
            }
        }
    }
}

#[test]
fn the_same_many_times_over_one_state_neither_makes_nor_loses_wei() {
    let mut stage = Stage::new();
    for actors in all_ways() {
        for fails in [None, Some(0), Some(1)] {
            run(
                &mut stage,
                way(&actors, fails, fails.and_then(|at| at.checked_sub(1))),
            );
        }
    }
}
