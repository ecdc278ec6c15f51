//! What the parallel machinery itself costs on this machine: measured, by replaying a block's
//! reads and writes in it without the work between them.

use super::{
    batched,
    clock::{Stopwatch, nanos_since, timer},
    replay::{Parts, Replay},
    step::Accesses,
    trace::Trace,
};
use crate::report::median;
use anyhow::Result;
use lumio_block_stm::{
    Workers, in_parallel,
    simulation::{Scheduler, Task},
};
use lumio_parallel::Plan;
use lumio_state::{Overlay, StateView};
use serde::Serialize;
use std::{
    hint::black_box,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    time::Instant,
};

/// How often each is measured.
const RUNS: usize = 9;
/// Transactions of a block with nothing in it.
const EMPTY: usize = 10_000;

/// Times in ns.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Costs {
    /// What a read takes longer than in order.
    pub(super) read: f64,
    /// Checking what was read, for each read.
    pub(super) check: f64,
    /// Putting down what was written, for each key.
    pub(super) put: f64,
    /// Each batch, besides its calls of the scheduler.
    pub(super) batch: f64,
    /// A call of the scheduler by the only thread.
    pub(super) call: f64,
    /// A call of the scheduler while others call it, too: one after another.
    pub(super) shared_call: f64,
    /// Before the threads begin.
    pub(super) setup: f64,
    /// Waking the threads.
    pub(super) wake: f64,
    /// Taking values out of the memory, shared by all threads.
    pub(super) collect: f64,
    /// After the threads have ended: letting go of what they read and wrote, and gathering results.
    pub(super) finish: f64,
    /// Runs for nothing while this was measured, for each batch: where there were many, it
    /// is too much.
    pub(super) respoiled: f64,
}

/// Measures with what a block reads and writes, on two threads.
///
/// # Errors
/// When the state cannot be read, or a replay fails.
pub(super) fn measure<V: StateView + Sync>(
    state: &V,
    trace: &Trace,
    plan: &Plan,
    pool: &rayon::ThreadPool,
) -> Result<Costs> {
    let accesses = &batched::accesses(&trace.accesses, plan);
    let count = accesses.len() as f64;
    let reads: usize = accesses.iter().map(|it| it.reads.len()).sum();
    let writes = accesses.iter();
    let writes: usize = writes.map(|it| it.writes.len() + it.credits.len()).sum();
    let (reads, writes) = (reads.max(1) as f64, writes.max(1) as f64);
    let timers = timer() * count;
    let replay = |parts| median_of(pool, state, trace, accesses, parts);

    let nothing = replay(Parts::Nothing);
    let reading = replay(Parts::Reads);
    let all = replay(Parts::All);
    let uncollected = replay(Parts::Uncollected);
    let shared_call = calls_of(pool);
    let of = |nanos: f64| nanos.max(0.0);
    let calls = CALLS * 2.0 * shared_call * count;
    Ok(Costs {
        read: of(reading.inside - timers) / reads - in_order(state, accesses, reads)?,
        check: of(reading.outside() - nothing.outside()) / reads,
        put: of(uncollected.outside() - reading.outside()) / writes,
        batch: of(nothing.outside() - timers - calls) / count,
        call: calls_of(&Alone),
        shared_call,
        setup: all.setup,
        wake: wake(pool),
        collect: of(all.outside() - uncollected.outside()),
        finish: trace.finish,
        respoiled: all.repeated / count,
    })
}

/// Calls of the scheduler for a batch that runs once: for its run, after it, and its part of those
/// for checks, of which one is for several.
const CALLS: f64 = 2.5;

/// A replay's times, in ns.
#[derive(Clone, Copy, Default)]
struct Took {
    threads: f64,
    setup: f64,
    work: f64,
    inside: f64,
    /// Runs for nothing.
    repeated: f64,
}

impl Took {
    /// Outside of transactions, on all threads.
    fn outside(&self) -> f64 {
        self.threads * self.work - self.inside
    }
}

struct Alone;

impl Workers for Alone {
    fn count(&self) -> usize {
        1
    }

    fn on_each(&self, work: &(dyn Fn() + Sync)) {
        work();
    }
}

fn median_of<V: StateView + Sync>(
    workers: &impl Workers,
    state: &V,
    trace: &Trace,
    accesses: &[Accesses],
    parts: Parts,
) -> Took {
    let took: Vec<_> = (0..RUNS)
        .map(|_| replay(workers, state, trace, accesses, parts))
        .collect();
    let of = |field: fn(&Took) -> f64| median(took.iter().map(field));
    Took {
        threads: of(|it| it.threads),
        setup: of(|it| it.setup),
        work: of(|it| it.work),
        inside: of(|it| it.inside),
        repeated: of(|it| it.repeated),
    }
}

fn replay<V: StateView + Sync>(
    workers: &impl Workers,
    state: &V,
    trace: &Trace,
    accesses: &[Accesses],
    parts: Parts,
) -> Took {
    let replay = Replay {
        state,
        accesses,
        transactions: trace.steps.len(),
        sums: &trace.sums,
        parts,
        inside: AtomicU64::new(0),
    };
    let threads = workers.count() as f64;
    let workers = Stopwatch::new(workers);
    let outcome = in_parallel(&replay, &workers);
    let [setup, work, _] = workers.times();
    let repeated = outcome.as_ref().map_or(0, |outcome| outcome.repeated.len()) as f64;
    drop(black_box(outcome));
    Took {
        threads,
        repeated,
        setup,
        work,
        inside: replay.inside.load(Ordering::Relaxed) as f64,
    }
}

/// A read of the state in the middle of a block in order.
fn in_order<V: StateView>(state: &V, accesses: &[Accesses], reads: f64) -> Result<f64> {
    let timer = timer();
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let mut overlay = Overlay::new(state);
        let mut nanos = 0.0;
        for batch in accesses {
            let began = Instant::now();
            for key in &batch.reads {
                black_box(overlay.get(key)?);
            }
            nanos += nanos_since(began) - timer;
            overlay.apply(batch.writes.iter().cloned());
            for (owner, wei) in &batch.credits {
                overlay.credit(*owner, *wei)?;
            }
        }
        times.push(nanos / reads);
    }
    Ok(median(times.into_iter()))
}

/// Time for each call of the scheduler, when these threads do nothing else, by the clock.
fn calls_of(workers: &impl Workers) -> f64 {
    let runs = (0..RUNS).map(|_| {
        let scheduler = Scheduler::new(EMPTY);
        let calls = AtomicUsize::new(0);
        let began = Instant::now();
        workers.on_each(&|| {
            let mut mine = 0_usize;
            let mut task = None;
            while !scheduler.is_done() {
                mine = mine.saturating_add(1);
                task = match task {
                    None => scheduler.next(),
                    Some(Task::Run(version)) => scheduler.executed(version),
                    Some(Task::Check(transactions)) => {
                        for transaction in transactions {
                            black_box(scheduler.to_check(transaction));
                        }
                        scheduler.checked(None)
                    }
                };
            }
            calls.fetch_add(mine, Ordering::Relaxed);
        });
        nanos_since(began) / calls.load(Ordering::Relaxed).max(1) as f64
    });
    median(runs)
}

/// Waking the threads of a pool, and knowing that they are done.
fn wake(pool: &rayon::ThreadPool) -> f64 {
    let runs = (0..100).map(|_| {
        let began = Instant::now();
        pool.on_each(&|| {});
        nanos_since(began)
    });
    median(runs)
}
