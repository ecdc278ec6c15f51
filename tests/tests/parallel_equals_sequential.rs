//! X10, X14: random blocks of all three machines, run on 1, 2, 4 and 8 threads, come to what they come
//! to in order: success, gas, errors, events in their order, and every value of the state.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_parallel::{Counts, Threads};
use lumio_tests::blocks::Blocks;
use std::num::NonZeroUsize;

/// Blocks of each of the four tests.
const BLOCKS: usize = 2_500;
/// Blocks on one chain, before it begins anew.
const BLOCKS_OF_A_CHAIN: usize = 50;

fn run(seed: u64) {
    let threads =
        [1, 2, 4, 8].map(|count| Threads::new(NonZeroUsize::new(count).unwrap()).unwrap());
    let mut blocks = Blocks::new(seed);
    let mut total = Counts::default();
    for number in 0..BLOCKS {
        if number % BLOCKS_OF_A_CHAIN == 0 {
            blocks.renew();
        }
        let drawn = blocks.draw();
        let mut last = None;
        for threads in &threads {
            let run = threads.run(&drawn.over(&blocks), |_, _| ()).unwrap();
            if let Err(mismatch) = run.verify(&drawn.over(&blocks)) {
                panic!(
                    "block {number} of seed {seed}, {} threads: {mismatch}",
                    threads.count()
                );
            }
            total.spoiled += run.counts.spoiled;
            total.waits += run.counts.waits;
            if threads.count() > 1 {
                total.in_order += run.counts.in_order;
            }
            last = Some(run);
        }
        blocks.keep(&drawn, last.unwrap());
    }
    println!("{total:?}");
    for ((kind, is_included), count) in &blocks.tally {
        println!(
            "{count:>7} {kind} {}",
            if *is_included { "included" } else { "refused" }
        );
    }
    assert!(total.spoiled > 100, "transactions have met");
    for kind in ["tree", "ether", "watch", "store", "create", "coin", "sol"] {
        assert!(blocks.tally[&(kind, true)] > 50, "{kind} is included");
    }
    for kind in ["gap", "poor", "twice"] {
        assert!(blocks.tally[&(kind, false)] > 50, "{kind} is refused");
    }
}

#[test]
fn random_blocks_come_to_the_same() {
    run(1);
}

#[test]
fn random_blocks_come_to_the_same_again() {
    run(2);
}

#[test]
fn random_blocks_come_to_the_same_a_third_time() {
    run(3);
}

#[test]
fn random_blocks_come_to_the_same_a_fourth_time() {
    run(4);
}
