//! What a block's transactions read and write, and how long each of them takes: from real runs of
//! it in order.

use super::{
    clock::{Stopwatch, nanos_since, timer},
    record::{execute, record},
    step::{Accesses, Step},
};
use crate::{everyone::Load, report::median};
use anyhow::{Result, anyhow};
use lumio_executor::Executor;
use lumio_parallel::{Block, Threads, run_as_planned};
use lumio_state::{EmptyView, Overlay, StateKey, StateView};
use lumio_types::Transaction;
use std::{
    collections::HashMap,
    hint::black_box,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

/// A block that was really run; times in ns.
#[derive(Debug, Default)]
pub(super) struct Trace {
    pub(super) steps: Vec<Step>,
    pub(super) accesses: Vec<Accesses>,
    /// Keys to which nearly all transactions add.
    pub(super) sums: Vec<StateKey>,
    /// How many keys there are.
    pub(super) keys: usize,
    /// The block in order.
    pub(super) in_order: f64,
    /// Letting go of what its transactions came to.
    pub(super) in_order_drop: f64,
    /// The block on two threads.
    pub(super) parallel: f64,
    /// Letting go of what its transactions came to.
    pub(super) parallel_drop: f64,
    /// Putting what it wrote into the state.
    pub(super) apply: f64,
    /// How much longer it takes in order when two threads do that at once, each for itself.
    pub(super) at_once: f64,
    /// How much longer its transactions take on two threads than in order.
    pub(super) slowdown: f64,
    /// After the threads have ended.
    pub(super) finish: f64,
}

/// Times of one run, in ns.
struct Times {
    each: Vec<f64>,
    whole: f64,
    drop: f64,
}

/// Runs a block in order, on each of these threads, and twice at once, in turn; and once more to
/// see what it reads. The state is then that after it.
///
/// # Errors
/// When a transaction fails, parallel and in order disagree, or it does what the simulation does
/// not know.
pub(super) fn trace(
    load: &Load,
    block: &[Transaction],
    state: &mut Overlay<EmptyView>,
    threads: &[Threads],
    pool: &rayon::ThreadPool,
) -> Result<Trace> {
    let executor = load.executor.deferring_credits(&*state, &load.block)?;
    let sums = executor.deferred().iter().copied();
    let sums: Vec<_> = sums.map(StateKey::Balance).collect();
    let mut times = Vec::new();
    let mut parallel = Vec::new();
    let mut twice = Vec::new();
    // Those of a block that is run in order, anyway.
    let (mut slowdowns, mut finishes) = (vec![], vec![]);
    for (pair, threads) in threads.iter().enumerate() {
        let alone = time(load, &executor, block, &*state)?;
        parallel.push(time_parallel(load, block, &*state, threads, pair == 0)?);
        twice.push(at_once(load, &executor, block, &*state)? / alone.whole);
        if let Some(plan) = threads.plan(&threads.parties(block), threads.count()) {
            let clock = AtomicU64::new(0);
            let watch = Stopwatch::new(pool);
            let over = over(load, block, &*state);
            let run = run_as_planned(&over, &plan, &watch, &clock)?;
            let [_, _, finish] = watch.times();
            finishes.push(finish);
            let runs = run.counts.runs.max(1) as f64;
            drop(black_box(run));
            let inside = clock.load(Ordering::Relaxed) as f64;
            let each: f64 = alone.each.iter().sum();
            slowdowns.push((inside / runs - timer()) * plan.len() as f64 / each);
        }
        times.push(alone);
    }
    let of = |field: fn(&Times) -> f64| median(times.iter().map(field));
    let mut trace = Trace {
        in_order: of(|it| it.whole),
        in_order_drop: of(|it| it.drop),
        parallel: median(parallel.iter().map(|(run, _)| *run)),
        parallel_drop: median(parallel.iter().map(|(_, drop)| *drop)),
        at_once: median(twice.into_iter()),
        slowdown: median(slowdowns.into_iter()),
        finish: median(finishes.into_iter()),
        ..Trace::default()
    };
    let mut numbers = HashMap::new();
    let mut overlay = Overlay::new(&*state);
    for (number, transaction) in block.iter().enumerate() {
        let nanos = median(times.iter().filter_map(|it| it.each.get(number).copied()));
        let (step, accesses) = record(
            load,
            &executor,
            transaction,
            &mut overlay,
            &mut numbers,
            nanos,
        )?;
        trace.steps.push(step);
        trace.accesses.push(accesses);
    }
    trace.keys = numbers.len();
    trace.sums = sums;
    let writes: Vec<_> = overlay.into_changes().collect();
    let begins = Instant::now();
    state.apply(writes);
    trace.apply = nanos_since(begins);
    Ok(trace)
}

/// A block over the state before it.
const fn over<'a, V>(
    load: &'a Load,
    transactions: &'a [Transaction],
    state: &'a V,
) -> Block<'a, V, Transaction> {
    Block {
        executor: &load.executor,
        state,
        context: &load.block,
        transactions,
    }
}

/// A block on threads, and letting go of what it came to.
fn time_parallel(
    load: &Load,
    transactions: &[Transaction],
    state: &(impl StateView + Sync),
    threads: &Threads,
    verify: bool,
) -> Result<(f64, f64)> {
    let block = over(load, transactions, state);
    let began = Instant::now();
    let run = threads.run(&block, |_, _| ())?;
    let took = nanos_since(began);
    if verify {
        run.verify(&block)?;
    }
    let began = Instant::now();
    drop(black_box(run.results));
    Ok((took, nanos_since(began)))
}

/// A block in order on each of two threads at once.
fn at_once(
    load: &Load,
    executor: &Executor,
    block: &[Transaction],
    state: &(impl StateView + Sync),
) -> Result<f64> {
    let run = || time(load, executor, block, state).map(|times| times.whole);
    std::thread::scope(|scope| {
        let other = scope.spawn(run);
        let mine = run()?;
        let other = other.join().map_err(|_| anyhow!("a thread panicked"))??;
        Ok(f64::midpoint(mine, other))
    })
}

/// As `lumio-parallel` runs a block in order, with a clock.
fn time(
    load: &Load,
    executor: &Executor,
    block: &[Transaction],
    state: &impl StateView,
) -> Result<Times> {
    let timer = timer();
    let mut each = Vec::with_capacity(block.len());
    let began = Instant::now();
    let mut overlay = Overlay::new(state);
    let mut results = Vec::with_capacity(block.len());
    for transaction in block {
        let begins = Instant::now();
        let mut executed = execute(load, executor, &overlay, transaction)?;
        executed.settle_on(&mut overlay)?;
        each.push(nanos_since(begins));
        results.push(executed);
    }
    black_box(overlay.into_changes().collect::<Vec<_>>());
    let whole = nanos_since(began);
    let begins = Instant::now();
    drop(black_box(results));
    let drop = nanos_since(begins);
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let clocks = block.len() as f64 * 2.0 * timer;
    for time in &mut each {
        *time = (*time - timer).max(1.0);
    }
    Ok(Times {
        each,
        whole: whole - clocks,
        drop,
    })
}
