//! X14: small blocks under a model checker, which chooses who runs when at every lock and atomic.
//!
//! `cargo test --release -p lumio-block-stm --features model`
#![allow(clippy::unwrap_used, missing_docs)]
#![cfg(feature = "model")]

mod program;

use lumio_block_stm::{Workers, in_parallel};
use program::{Key, Program, Step, plainly};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use shuttle::thread;

/// Threads whose order the checker chooses.
struct Modelled(usize);

impl Workers for Modelled {
    fn count(&self) -> usize {
        self.0
    }

    fn on_each(&self, work: &(dyn Fn() + Sync)) {
        thread::scope(|scope| {
            for _ in 1..self.0 {
                scope.spawn(work);
            }
            work();
        });
    }
}

fn comes_to_the_same<K: Key>(program: &Program<K>, threads: usize) {
    let outcome = in_parallel(program, &Modelled(threads)).unwrap();
    assert_eq!(program.summary(outcome), plainly(program));
}

fn explore<K: Key + 'static>(program: Program<K>, threads: usize, schedules: usize) {
    let random = program.clone();
    shuttle::check_random(move || comes_to_the_same(&random, threads), schedules);
    shuttle::check_pct(move || comes_to_the_same(&program, threads), schedules, 4);
}

#[test]
fn a_chain() {
    explore(program::chain(4, false), 2, 3_000);
    explore(program::chain(5, false), 3, 3_000);
}

#[test]
fn what_is_written_depends_on_what_was_read() {
    let each = vec![
        Step::ReadThrough(0),
        Step::WriteIfOdd(0),
        Step::Write(1),
        Step::Add(2, 3),
    ];
    let program: Program = Program {
        transactions: vec![each; 4],
        keys: 3,
        sums: vec![2],
        hints: vec![None, Some(0), None, Some(1)],
        broken: None,
    };
    explore(program.clone(), 2, 3_000);
    explore(program, 3, 3_000);
}

#[test]
fn random_blocks() {
    let mut runner = TestRunner::deterministic();
    // Fewer than two transactions, or a chain by the hints, would be run by one thread.
    let several = program::random(4, 6).prop_filter_map("two or more", |program| {
        let hints = vec![None; program.transactions.len()];
        (hints.len() > 1).then_some(Program { hints, ..program })
    });
    for _ in 0..60 {
        let drawn = several.new_tree(&mut runner);
        let drawn = drawn.unwrap().current();
        explore(drawn.clone(), 3, 150);
        explore(drawn.alike(), 3, 50);
    }
}
