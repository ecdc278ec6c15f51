//! X10, X14: random blocks of all three machines, run on 1, 2, 4 and 8 threads, come to what they come
//! to in order: success, gas, errors, events in their order, and every value of the state.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_block_stm::Scoped;
use lumio_parallel::{BlockRun, Counts, Plan, Threads, run_as_planned};
use lumio_tests::blocks::{Blocks, RandomBlock};
use std::{num::NonZeroUsize, sync::atomic::AtomicU64};

/// Blocks of each of the four tests.
const BLOCKS: usize = 2_500;
/// Blocks on one chain, before it begins anew.
const BLOCKS_OF_A_CHAIN: usize = 50;

/// Sizes of batches, larger than anybody would plan where transactions meet as often as here.
const SIZES: [usize; 4] = [2, 3, 5, 16];

fn in_batches(
    blocks: &Blocks,
    drawn: &RandomBlock,
    threads: &Threads,
    size: usize,
) -> BlockRun<()> {
    let size = NonZeroUsize::new(size).unwrap();
    let plan = Plan::of_size(&threads.parties(&drawn.transactions), size);
    let clock = AtomicU64::new(0);
    run_as_planned(&drawn.over(blocks), &plan, &Scoped(4), &clock).unwrap()
}

fn run(seed: u64) {
    let threads =
        [1, 2, 4, 8].map(|count| Threads::new(NonZeroUsize::new(count).unwrap()).unwrap());
    let mut blocks = Blocks::new(seed);
    let mut total = Counts::default();
    let mut in_batches_spoiled = 0;
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
        let size = SIZES[number % SIZES.len()];
        let run = in_batches(&blocks, &drawn, &threads[0], size);
        if let Err(mismatch) = run.verify(&drawn.over(&blocks)) {
            panic!("block {number} of seed {seed}, in batches of {size}: {mismatch}");
        }
        in_batches_spoiled += run.counts.spoiled;
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
    assert!(in_batches_spoiled > 100, "batches have met");
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
