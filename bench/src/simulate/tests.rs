#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{
    costs::Costs,
    machine::{Follows, Machine, Went},
    step::{Key, Step},
    trace::Trace,
};

/// Transactions of a microsecond that read keys and write them, or only add to them.
fn block(keys: impl IntoIterator<Item = (Vec<Key>, bool)>) -> Trace {
    let steps: Vec<_> = keys
        .into_iter()
        .map(|(keys, adds)| Step {
            nanos: 1_000.0,
            reads: match adds {
                true => Vec::new(),
                false => keys.iter().map(|key| (*key, 0.5)).collect(),
            },
            writes: keys.iter().map(|key| (*key, adds)).collect(),
        })
        .collect();
    let keys = steps.iter().flat_map(|step| &step.writes);
    let keys = keys.map(|(key, _)| key + 1).max().unwrap_or(0);
    Trace {
        steps,
        keys,
        ..Trace::default()
    }
}

fn run(block: &Trace, follows: &[Follows], threads: usize) -> Went {
    with_costs(block, follows, &Costs::default(), threads)
}

fn with_costs(block: &Trace, follows: &[Follows], costs: &Costs, threads: usize) -> Went {
    Machine::new((&block.steps, block.keys), follows, costs, threads, 1.0).run()
}

fn is_about(went: &Went, nanos: f64) -> bool {
    (went.work / nanos - 1.0).abs() < 0.01
}

#[test]
fn strangers_share_the_threads() {
    let block = block((0..960).map(|key| (vec![key], false)));
    for threads in [1, 2, 8, 32] {
        let went = run(&block, &[], threads);
        assert!(is_about(&went, 960_000.0 / threads as f64), "{}", went.work);
        assert_eq!((went.counts.runs, went.counts.spoiled), (960, 0));
        assert!(went.repeated.is_empty());
    }
}

#[test]
fn who_only_adds_meets_nobody() {
    let block = block((0..960).map(|_| (vec![0], true)));
    let went = run(&block, &[], 32);
    assert!(is_about(&went, 30_000.0), "{}", went.work);
    assert_eq!(went.counts.spoiled, 0);
}

#[test]
fn who_writes_what_another_writes_waits_for_the_lock() {
    // They read nothing, so that nothing is spoiled.
    let mut block = block((0..960).map(|_| (vec![0], false)));
    block.steps.iter_mut().for_each(|step| step.reads.clear());
    let costs = Costs {
        put: 500.0,
        ..Costs::default()
    };
    let went = with_costs(&block, &[], &costs, 32);
    assert!(went.work > 480_000.0, "{}", went.work);
    assert_eq!(went.counts.spoiled, 0);
}

#[test]
fn the_scheduler_answers_one_after_another() {
    let block = block((0..960).map(|key| (vec![key], false)));
    let costs = Costs {
        shared_call: 200.0,
        ..Costs::default()
    };
    let went = with_costs(&block, &[], &costs, 32);
    assert!(went.work > 960.0 * 600.0, "{}", went.work);
}

#[test]
fn hints_put_a_chain_in_line_without_a_wasted_run() {
    // Four chains in turn.
    let block = block((0..960).map(|number| (vec![number % 4], false)));
    let follows = (0..960_usize).map(|number| number.checked_sub(4).into_iter().collect());
    let follows: Vec<_> = follows.collect();
    let went = run(&block, &follows, 32);
    assert!(is_about(&went, 240_000.0), "{}", went.work);
    assert_eq!((went.counts.runs, went.counts.spoiled), (960, 0));
}

#[test]
fn without_hints_it_gives_up_and_ends_in_order() {
    let block = block((0..960).map(|_| (vec![0], false)));
    let went = run(&block, &[], 2);
    assert!(went.counts.in_order > 900, "{:?}", went.counts);
    assert!(went.work < 1_100_000.0, "{}", went.work);
}

#[test]
fn it_is_the_same_each_time() {
    let block = block((0..960).map(|number| (vec![number * 7 % 97], false)));
    let (one, other) = (run(&block, &[], 16), run(&block, &[], 16));
    assert_eq!(one.work.to_bits(), other.work.to_bits());
    assert_eq!(one.counts, other.counts);
}
