//! A snapshot keeps answering as of its own block while others commit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use lumio_storage::{Database, Options, Snapshot};
use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};
use support::{numbered_writes, options};

const BLOCKS: u64 = 400;

fn check(snapshot: &Snapshot) {
    let head = snapshot.head().unwrap();
    let header = snapshot.header(head.number).unwrap().unwrap();
    assert_eq!(header.hash, head.hash);
    assert_eq!(snapshot.header(head.number + 1).unwrap(), None);
    let latest = snapshot.latest_state();
    let past = head.number.saturating_sub(3).max(snapshot.oldest_state());
    let past_view = snapshot.state_at(past).unwrap();
    for (key, value) in numbered_writes(head.number) {
        assert_eq!(latest.value(&key).unwrap(), value, "{key:?} at {head:?}");
    }
    for (key, value) in numbered_writes(past) {
        assert_eq!(past_view.value(&key).unwrap(), value, "{key:?} at {past}");
    }
    let root = snapshot.node(None, &[]).unwrap().unwrap();
    assert_eq!(root.as_ref(), head.number.to_be_bytes());
}

fn readers_see_one_height(options: Options) {
    let database = Database::ephemeral(options).unwrap();
    support::commit_numbered(&database).unwrap();
    let done = AtomicBool::new(false);
    let checks: u64 = thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut checks = 0_u64;
                    let mut old = database.snapshot();
                    while !done.load(Ordering::Relaxed) {
                        let snapshot = database.snapshot();
                        check(&snapshot);
                        check(&old);
                        check(&snapshot);
                        if checks.is_multiple_of(16) {
                            old = snapshot;
                        }
                        checks += 1;
                    }
                    checks
                })
            })
            .collect();
        for _ in 0..BLOCKS {
            let number = support::commit_numbered(&database).unwrap();
            if number.is_multiple_of(50) && options.history_blocks > 2 {
                // So that the next blocks reuse numbers.
                support::rewind_numbered(&database, number - 2);
                support::check_numbered(&database);
            }
        }
        done.store(true, Ordering::Relaxed);
        readers
            .into_iter()
            .map(|reader| reader.join().unwrap())
            .sum()
    });
    assert!(checks > 20, "only {checks} checks ran beside the commits");
    support::check_numbered(&database);
}

#[test]
fn readers_see_one_height_with_a_cache_that_fits() {
    readers_see_one_height(options(64));
}

#[test]
fn readers_see_one_height_with_a_cache_that_evicts() {
    readers_see_one_height(Options {
        value_cache_bytes: 32 * 600,
        ..options(64)
    });
}

#[test]
fn readers_see_one_height_without_a_cache() {
    readers_see_one_height(Options {
        value_cache_bytes: 0,
        ..options(2)
    });
}
