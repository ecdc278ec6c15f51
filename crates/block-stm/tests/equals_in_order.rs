//! X14: random blocks come to the same on any number of threads as one after another.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]
#![cfg(not(feature = "model"))]

mod program;

use lumio_block_stm::{Added, Block, Ran, Scoped, Stopped, View, Writes, in_order, in_parallel};
use program::{Key, Program, plainly};
use proptest::prelude::*;
use std::{convert::Infallible, panic::catch_unwind};

fn check<K: Key>(program: &Program<K>) {
    let expected = plainly(program);
    assert_eq!(program.summary(in_order(program).unwrap()), expected);
    for threads in [1, 2, 4, 8] {
        let outcome = in_parallel(program, &Scoped(threads)).unwrap();
        assert_eq!(program.summary(outcome), expected, "{threads} threads");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn with_few_keys(program in program::random(3, 60)) {
        check(&program);
    }

    #[test]
    fn with_some_keys(program in program::random(20, 120)) {
        check(&program);
    }

    /// Whose hashes are the same only runs again more often.
    #[test]
    fn with_keys_of_one_hash(program in program::random(20, 60)) {
        check(&program.alike());
    }

    #[test]
    fn with_many_keys(program in program::random(2_000, 300)) {
        check(&program);
    }
}

#[test]
fn adding_makes_nobody_run_again() {
    let program = program::adding(500);
    let outcome = in_parallel(&program, &Scoped(4)).unwrap();
    assert_eq!(outcome.counts.runs, 500);
    assert_eq!(outcome.counts.spoiled, 0);
    assert_eq!(program.summary(outcome), plainly(&program));
}

#[test]
fn a_chain_without_hints_is_finished_in_order() {
    let program = program::chain(2_000, false);
    let outcome = in_parallel(&program, &Scoped(4)).unwrap();
    // How far the threads came before their patience ended is up to their timing; on one core
    // they may come to the end.
    assert!(outcome.counts.spoiled < 2_000, "{:?}", outcome.counts);
    assert_eq!(program.summary(outcome), plainly(&program));
}

#[test]
fn a_chain_with_hints_is_run_once() {
    let program = program::chain(2_000, true);
    let outcome = in_parallel(&program, &Scoped(4)).unwrap();
    assert_eq!(outcome.counts.runs, 2_000);
    assert_eq!(outcome.counts.spoiled, 0);
    assert_eq!(program.summary(outcome), plainly(&program));
}

#[test]
fn a_state_that_cannot_be_read_fails_the_block() {
    for threads in [1, 2, 4] {
        let program = program::broken(50);
        let error = in_parallel(&program, &Scoped(threads)).err().unwrap();
        assert_eq!(error, program::Broken);
    }
}

/// Transactions apart from each other, of which one panics.
struct Panicking;

impl Block for Panicking {
    type Key = usize;
    type Value = usize;
    type Delta = ();
    type Output = ();
    type Error = Infallible;

    fn len(&self) -> usize {
        200
    }

    fn run(&self, number: usize, view: &View<'_, Self>) -> Result<Ran<Self>, Stopped<Self>> {
        view.read(&number)?;
        assert!(number != 100, "this one does");
        Ok(Ran {
            writes: Writes::default(),
            added: Added::<Self>::new(),
            output: (),
        })
    }

    fn base(&self, key: &usize) -> Result<usize, Infallible> {
        Ok(*key)
    }

    fn add(&self, value: &usize, (): &()) -> Result<usize, Infallible> {
        Ok(*value)
    }
}

#[test]
fn a_panic_ends_the_block_and_keeps_nobody_waiting() {
    for threads in [1, 2, 4] {
        let run = || in_parallel(&Panicking, &Scoped(threads)).map(|_| ());
        assert!(catch_unwind(run).is_err(), "{threads} threads");
    }
}
