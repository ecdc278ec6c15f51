//! Threads that work on a block together.

use crate::sync::Backoff;
use std::{
    hint::spin_loop,
    sync::atomic::{AtomicUsize, Ordering},
};

/// Rounds in which a thread waits awake for others: a few hundred microseconds.
const AWAKE: u32 = 512;
/// Rounds in which a pool notices that a thread's work has ended.
const AFTERWARDS: u32 = 64;

/// A number of threads that all do the same work at once.
pub trait Workers: Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// Does the work on each of them, and returns when all are done.
    fn on_each(&self, work: &(dyn Fn() + Sync));
}

/// A pool, whose threads keep their stacks and caches from block to block, and whoever asks: that
/// one is awake already, and part of what it will free it has allocated itself.
impl Workers for rayon::ThreadPool {
    fn count(&self) -> usize {
        self.current_num_threads().saturating_add(1)
    }

    fn on_each(&self, work: &(dyn Fn() + Sync)) {
        let working = AtomicUsize::new(self.current_num_threads());
        self.in_place_scope(|scope| {
            scope.spawn_broadcast(|_, _| {
                let _ended = Countdown(&working);
                work();
            });
            work();
            wait_for_none(&working);
        });
    }
}

/// Counts a thread that has ended its work, by a panic too.
struct Countdown<'c>(&'c AtomicUsize);

impl Drop for Countdown<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Release);
    }
}

/// Waits awake for threads that end at nearly the same time: to be woken takes longer than many
/// transactions. And a moment more, for what a pool does after a thread's work. Not for long: a
/// pool's thread may still be at another caller's work.
fn wait_for_none(working: &AtomicUsize) {
    let mut backoff = Backoff::default();
    for _ in 0..AWAKE {
        if working.load(Ordering::Acquire) == 0 {
            (0..AFTERWARDS).for_each(|_| spin_loop());
            return;
        }
        backoff.wait();
    }
}

/// Threads that live for one block.
#[derive(Clone, Copy, Debug)]
pub struct Scoped(
    /// How many.
    pub usize,
);

impl Workers for Scoped {
    fn count(&self) -> usize {
        self.0
    }

    fn on_each(&self, work: &(dyn Fn() + Sync)) {
        std::thread::scope(|scope| {
            for _ in 1..self.0 {
                scope.spawn(work);
            }
            work();
        });
    }
}
