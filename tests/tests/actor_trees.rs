//! X1 to X4, X8 to X10, X17 within one transaction: random trees of calls over the real EVM, the real
//! Move VM and the real Solana VM equal the naive model, for state, balances, nonces, the order of
//! events, who called whom, and what each frame saw at each step.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_tests::actors::{Generator, Stage, check};
use std::collections::BTreeMap;

/// Trees of each of the four tests.
const TREES: u32 = 2_500;
/// Kinds of what must happen in them: each step, each way to fail, each depth.
const KINDS: usize = 90;
/// Trees on one chain, before it begins anew.
const TREES_OF_A_STAGE: u32 = 100;

fn run(seed: u64) {
    let mut generator = Generator::new(seed);
    let mut coverage = BTreeMap::new();
    let mut stage = Stage::new();
    for number in 0..TREES {
        if number % TREES_OF_A_STAGE == 0 {
            stage = Stage::new();
        }
        let tree = generator.tree();
        let run = || check(&mut stage, &tree, &mut coverage);
        let run = std::panic::AssertUnwindSafe(run);
        if let Err(cause) = std::panic::catch_unwind(run) {
            eprintln!("tree {number} of seed {seed}: {tree:#?}");
            std::panic::resume_unwind(cause);
        }
    }
    for (what, count) in &coverage {
        println!("{count:>7} {what}");
    }
    assert_eq!(coverage.len(), KINDS);
    let rare = coverage.iter().filter(|(_, count)| **count < 10);
    assert_eq!(rare.collect::<Vec<_>>(), vec![], "too seldom");
}

#[test]
fn trees_of_calls_over_three_machines_equal_the_model() {
    run(1);
}

#[test]
fn trees_of_calls_over_three_machines_equal_the_model_again() {
    run(2);
}

#[test]
fn trees_of_calls_over_three_machines_equal_the_model_a_third_time() {
    run(3);
}

#[test]
fn trees_of_calls_over_three_machines_equal_the_model_a_fourth_time() {
    run(4);
}
