//! Clocks, and what it takes to look at one.

use lumio_block_stm::Workers;
use std::{
    hint::black_box,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

/// How often it is looked to see what that takes.
const LOOKS: usize = 10_000;

/// Time that has passed, in ns.
pub(super) fn nanos_since(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e9
}

/// Adds the time that has passed, in ns.
pub(super) fn count_nanos(counter: &AtomicU64, began: Instant) {
    let nanos = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
    counter.fetch_add(nanos, Ordering::Relaxed);
}

/// What looking at the clock twice takes, in ns.
pub(super) fn timer() -> f64 {
    let began = Instant::now();
    for _ in 0..LOOKS {
        black_box(nanos_since(black_box(Instant::now())));
    }
    nanos_since(began) / LOOKS as f64
}

/// Workers with a clock, of which the scheduler is told that they are several, so that a single
/// one does all that each of several does.
pub(super) struct Stopwatch<'w, W> {
    workers: &'w W,
    /// When they began and ended, in ns since the clock was made.
    began: AtomicU64,
    ended: AtomicU64,
    clock: Instant,
}

impl<'w, W> Stopwatch<'w, W> {
    pub(super) fn new(workers: &'w W) -> Self {
        Self {
            workers,
            began: AtomicU64::default(),
            ended: AtomicU64::default(),
            clock: Instant::now(),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.clock.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Time before they worked, while they did, and since, in ns.
    #[allow(clippy::cast_precision_loss, reason = "nanoseconds of a run")]
    pub(super) fn times(&self) -> [f64; 3] {
        let began = self.began.load(Ordering::Relaxed);
        let ended = self.ended.load(Ordering::Relaxed);
        let now = self.now();
        [
            began as f64,
            ended.saturating_sub(began) as f64,
            now.saturating_sub(ended) as f64,
        ]
    }
}

impl<W: Workers> Workers for Stopwatch<'_, W> {
    fn count(&self) -> usize {
        self.workers.count().max(2)
    }

    fn on_each(&self, work: &(dyn Fn() + Sync)) {
        self.began.store(self.now(), Ordering::Relaxed);
        self.workers.on_each(work);
        self.ended.store(self.now(), Ordering::Relaxed);
    }
}
