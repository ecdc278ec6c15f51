//! What the parallel machinery itself costs on this machine: measured, by replaying a block's
//! reads and writes in it without the work between them.

use super::{
    replay::{Clocked, Parts, Replay},
    trace::{Accesses, nanos_since},
};
use crate::report::median;
use alloy_primitives::{Address, U256};
use anyhow::Result;
use lumio_block_stm::{
    Scoped, Workers, Write, in_parallel,
    simulation::{Scheduler, Task},
};
use lumio_state::{Overlay, StateKey, StateView};
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
    /// The same where several threads do at once.
    pub(super) shared_put: f64,
    /// Each transaction, besides its calls of the scheduler.
    pub(super) transaction: f64,
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
    /// After the threads have ended.
    pub(super) finish: f64,
}

/// Measures with what a block reads and writes.
///
/// # Errors
/// When the state cannot be read, or there is no pool of threads.
pub(super) fn measure<V: StateView + Sync>(state: &V, accesses: &[Accesses]) -> Result<Costs> {
    let count = accesses.len() as f64;
    let reads: usize = accesses.iter().map(|it| it.reads.len()).sum();
    let writes: usize = accesses.iter().map(|it| it.writes.len()).sum();
    let (reads, writes) = (reads.max(1) as f64, writes.max(1) as f64);
    let timers = timer() * count;

    let nothing = alone(state, accesses, Parts::Nothing);
    let reading = alone(state, accesses, Parts::Reads);
    let all = alone(state, accesses, Parts::All);
    let uncollected = alone(state, accesses, Parts::Uncollected);
    let call = calls(1);
    let machinery = nothing.outside() - timers;
    let shared = Shared::measure();
    let put = ((uncollected.outside() - reading.outside()) / writes).max(0.0);
    Ok(Costs {
        read: (reading.inside - timers) / reads - in_order(state, accesses, reads)?,
        check: ((reading.outside() - nothing.outside()) / reads).max(0.0),
        put,
        shared_put: shared.put.max(put),
        transaction: (machinery / count - call * CALLS).max(0.0),
        call,
        shared_call: shared.call,
        setup: all.setup,
        wake: wake()?,
        collect: (all.work - all.inside - (uncollected.work - uncollected.inside)).max(0.0),
        finish: all.finish,
    })
}

/// Calls of the scheduler for a transaction that runs once: for its run, after it, for its check,
/// after that.
const CALLS: f64 = 4.0;

/// A replay's times, in ns.
#[derive(Clone, Copy, Default)]
struct Took {
    setup: f64,
    work: f64,
    finish: f64,
    inside: f64,
}

impl Took {
    /// Outside of transactions.
    fn outside(&self) -> f64 {
        self.work - self.inside
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

fn alone<V: StateView + Sync>(state: &V, accesses: &[Accesses], parts: Parts) -> Took {
    let took: Vec<_> = (0..RUNS)
        .map(|_| replay(Alone, state, accesses, parts))
        .collect();
    let of = |field: fn(&Took) -> f64| median(took.iter().map(field));
    Took {
        setup: of(|it| it.setup),
        work: of(|it| it.work),
        finish: of(|it| it.finish),
        inside: of(|it| it.inside),
    }
}

fn replay<V: StateView + Sync>(
    workers: impl Workers,
    state: &V,
    accesses: &[Accesses],
    parts: Parts,
) -> Took {
    let replay = Replay {
        state,
        accesses,
        parts,
        inside: AtomicU64::new(0),
    };
    let workers = Clocked::new(workers);
    let outcome = in_parallel(&replay, &workers);
    let [setup, work, finish] = workers.times();
    drop(black_box(outcome));
    Took {
        setup,
        work,
        finish,
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
        for transaction in accesses {
            let began = Instant::now();
            for key in &transaction.reads {
                black_box(overlay.get(key)?);
            }
            nanos += nanos_since(began) - timer;
            for (key, write) in &transaction.writes {
                match (key, write) {
                    (_, Write::Set(value)) => overlay.apply([(key.clone(), value.clone())]),
                    (StateKey::Balance(owner), Write::Add(wei)) => overlay.credit(*owner, *wei)?,
                    (_, Write::Add(_)) => {}
                }
            }
        }
        times.push(nanos / reads);
    }
    Ok(median(times.into_iter()))
}

/// What threads do to each other, measured with two.
struct Shared {
    call: f64,
    put: f64,
}

impl Shared {
    fn measure() -> Self {
        let pays = |parts| {
            let everybody = || Accesses {
                reads: Vec::new(),
                writes: vec![(StateKey::Balance(Address::ZERO), Write::Add(U256::ONE))],
            };
            let accesses: Vec<_> = (0..EMPTY).map(|_| everybody()).collect();
            let state = lumio_state::EmptyView;
            let runs = (0..RUNS).map(|_| replay(Scoped(2), &state, &accesses, parts).work);
            median(runs) / EMPTY as f64
        };
        Self {
            call: calls(2),
            put: pays(Parts::All) - pays(Parts::Nothing),
        }
    }
}

/// Time for each call of the scheduler, when so many threads do nothing else, by the clock.
fn calls(threads: usize) -> f64 {
    let runs = (0..RUNS).map(|_| {
        let scheduler = Scheduler::new(EMPTY);
        let calls = AtomicUsize::new(0);
        let began = Instant::now();
        Scoped(threads).on_each(&|| {
            let mut mine = 0_usize;
            let mut task = None;
            while !scheduler.is_done() {
                mine = mine.saturating_add(1);
                task = match task {
                    None => scheduler.next(),
                    Some(Task::Run(version)) => scheduler.executed(version, true),
                    Some(Task::Check(version)) => scheduler.checked(version, false),
                };
            }
            calls.fetch_add(mine, Ordering::Relaxed);
        });
        nanos_since(began) / calls.load(Ordering::Relaxed).max(1) as f64
    });
    median(runs)
}

/// Waking the threads of a pool, and knowing that they are done.
fn wake() -> Result<f64> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
    let runs = (0..100).map(|_| {
        let began = Instant::now();
        pool.on_each(&|| {});
        nanos_since(began)
    });
    Ok(median(runs))
}

/// What looking at the clock twice takes, in ns.
pub(super) fn timer() -> f64 {
    let began = Instant::now();
    for _ in 0..EMPTY {
        black_box(nanos_since(black_box(Instant::now())));
    }
    nanos_since(began) / EMPTY as f64
}
