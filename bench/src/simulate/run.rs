//! The command: loads, what they really take, and what they would on more threads.

use super::{
    batched,
    clock::nanos_since,
    costs::{self, Costs},
    machine::Machine,
    row::{Row, Setting, Simulated},
    show,
    trace::{Trace, trace},
};
use crate::{
    everyone::{Load, Turns},
    layer_a_parallel::ParallelWorkload,
    report::{Case, Report, median},
};
use anyhow::{Context as _, Result, ensure};
use lumio_block_stm::Workers as _;
use lumio_parallel::{Counts, Threads, Went};
use std::{collections::BTreeMap, num::NonZeroUsize, time::Instant};

/// Bytes of a thread's stack, as where blocks are run.
const STACK: usize = 64 << 20;

/// `bench simulate`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SimulateArgs {
    /// Workloads; users send to each other in random order
    #[arg(long, value_enum, value_delimiter = ',', default_values = [
        "transfer-among", "erc20-among", "coin", "fa", "sol", "spl", "mixed",
    ])]
    workload: Vec<ParallelWorkload>,
    /// Numbers of simulated threads
    #[arg(long, value_delimiter = ',', default_values_t = [4, 8, 16, 32])]
    threads: Vec<usize>,
    /// Numbers of accounts
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100])]
    accounts: Vec<usize>,
    /// Transactions in a block
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000])]
    block: Vec<usize>,
    /// Transactions in each case
    #[arg(long, default_value_t = 10_000)]
    transactions: usize,
    /// Learn nothing from one block for the next
    #[arg(long)]
    forgetful: bool,
    /// How often each block is really run
    #[arg(long, default_value_t = 5)]
    pairs: usize,
}

/// A load in blocks that were really run.
struct Measured {
    blocks: Vec<Trace>,
    costs: Costs,
}

impl Measured {
    fn sum(&self, field: fn(&Trace) -> f64) -> f64 {
        self.blocks.iter().map(field).sum()
    }

    fn median(&self, field: fn(&Trace) -> f64) -> f64 {
        median(self.blocks.iter().map(field))
    }
}

/// Runs and simulates.
///
/// # Errors
/// When a transaction fails, or parallel and in order disagree.
pub(crate) fn run(args: &SimulateArgs, report: &mut Report) -> Result<()> {
    ensure!(
        args.transactions > 1
            && args.block.iter().all(|block| *block > 1)
            && args.accounts.iter().all(|accounts| *accounts > 1),
        "a workload needs transactions, two accounts and a block"
    );
    let two = NonZeroUsize::new(2).context("no threads")?;
    let pairs = (0..args.pairs.max(1)).map(|_| Threads::new(two).map_err(Into::into));
    let pairs = pairs.collect::<Result<Vec<_>>>()?;
    // And this one.
    let pool = rayon::ThreadPoolBuilder::new();
    let pool = pool.num_threads(1).stack_size(STACK).build()?;
    let mut rows = Vec::new();
    for workload in &args.workload {
        // Of those of fewest conflicts, which disturb the measurement.
        let mut costs = BTreeMap::new();
        for accounts in &args.accounts {
            let load = workload
                .load(args.transactions, *accounts, Turns::AtRandom)
                .with_context(|| workload.name())?;
            for block in &args.block {
                let setting = Setting {
                    workload: *workload,
                    accounts: *accounts,
                    block: *block,
                    forgetful: args.forgetful,
                };
                let measured = measure(&setting, &load, &pairs, &pool, costs.get(block).copied())?;
                costs.insert(*block, measured.costs);
                let row = row(args, setting, &load, &measured, report)?;
                show::row(&row);
                rows.push(row);
            }
        }
    }
    show::table(&rows);
    Ok(())
}

/// Runs a load really, block by block.
fn measure(
    setting: &Setting,
    load: &Load,
    pairs: &[Threads],
    pool: &rayon::ThreadPool,
    costs: Option<Costs>,
) -> Result<Measured> {
    let mut state = load.state();
    let mut measured = Measured {
        blocks: Vec::new(),
        costs: costs.unwrap_or_default(),
    };
    for block in load.transactions.chunks(setting.block) {
        let is_first = measured.blocks.is_empty();
        let mut trace = trace(load, block, &mut state, pairs, pool)?;
        if is_first && costs.is_none() {
            let planner = planner()?;
            let plan = planner.plan(&planner.parties(block), pool.count());
            let plan = plan.context("a block that is one line")?;
            measured.costs = costs::measure(&load.state(), &trace, &plan, pool)?;
        }
        trace.accesses.clear();
        measured.blocks.push(trace);
    }
    Ok(measured)
}

fn row(
    args: &SimulateArgs,
    setting: Setting,
    load: &Load,
    measured: &Measured,
    report: &mut Report,
) -> Result<Row> {
    let real = measured.sum(|it| it.in_order) / measured.sum(|it| it.parallel);
    let count = load.transactions.len() as f64;
    for (threads, subject, nanos, speedup) in [
        (1, "in-order", measured.sum(|it| it.in_order), None),
        (2, "parallel-2", measured.sum(|it| it.parallel), Some(real)),
    ] {
        report.add(Case {
            subject: subject.to_owned(),
            threads,
            tx_per_s: count * 1e9 / nanos,
            setting: format!("in memory, blocks of {}", setting.block),
            speedup,
            ..setting.case(load)?
        })?;
    }
    let slowdown = measured.median(|it| it.slowdown);
    let check = simulate(measured, &setting, load, 2, slowdown)?;
    let cores = format!("as on this machine, where transactions take {slowdown:.2} times as long");
    report.add(check.case(&setting, load, &cores)?)?;
    let mut slow = f64::NAN;
    let mut simulated = Vec::new();
    for threads in &args.threads {
        slow = simulate(measured, &setting, load, *threads, slowdown)?.speedup;
        let went = simulate(measured, &setting, load, *threads, 1.0)?;
        report.add(went.case(&setting, load, "with transactions as fast as on one thread")?)?;
        simulated.push(went);
    }
    Ok(Row {
        setting,
        real,
        slowdown,
        at_once: measured.median(|it| it.at_once),
        slow,
        check,
        simulated,
        costs: measured.costs,
    })
}

/// Threads that only plan and learn.
fn planner() -> Result<Threads> {
    Ok(Threads::new(NonZeroUsize::MIN)?)
}

fn simulate(
    measured: &Measured,
    setting: &Setting,
    load: &Load,
    threads: usize,
    slowdown: f64,
) -> Result<Simulated> {
    let history = planner()?;
    let costs = &measured.costs;
    let mut parts: BTreeMap<&'static str, f64> = BTreeMap::new();
    let mut counts = Counts::default();
    let blocks = load.transactions.chunks(setting.block);
    for (trace, block) in measured.blocks.iter().zip(blocks) {
        let many = threads as f64;
        let began = Instant::now();
        let parties = history.parties(block);
        let gathered = nanos_since(began);
        let plan = history.plan(&parties, threads);
        let planned = nanos_since(began) - gathered;
        let mut spend = |part, nanos: f64| *parts.entry(part).or_default() += nanos;
        spend("gather", gathered / many);
        spend("plan", planned);
        let Some(plan) = plan else {
            spend("in order", trace.in_order);
            counts.in_order += block.len();
            continue;
        };
        let steps = batched::steps(&trace.steps, &plan);
        let follows: Vec<_> = (0..plan.len())
            .map(|batch| plan.follows(batch).to_vec())
            .collect();
        let went = Machine::new((&steps, trace.keys), &follows, costs, threads, slowdown).run();
        let parallel = went.work - went.in_order;
        let waiting = went.idle / many;
        let calling = went.calling / many;
        spend("setup", costs.setup);
        spend("wake", costs.wake);
        spend("run and check", parallel - waiting - calling);
        spend("call the scheduler", calling);
        spend("wait", waiting);
        spend("in order", went.in_order);
        spend("collect", costs.collect / many);
        spend("finish", costs.finish);
        if !setting.forgetful {
            let went = Went {
                repeated: &went.repeated,
                gave_up: went.counts.in_order > 0,
            };
            history.learn(block, &plan, &went, threads);
        }
        counts.runs += went.counts.runs;
        counts.checks += went.counts.checks;
        counts.spoiled += went.counts.spoiled;
        counts.waits += went.counts.waits;
        counts.in_order += went.counts.in_order;
    }
    let nanos: f64 = parts.values().sum();
    let with = measured.sum(|it| it.in_order + it.in_order_drop + it.apply);
    let after = measured.sum(|it| it.parallel_drop + it.apply);
    let blocks = measured.blocks.len().max(1) as f64;
    for part in parts.values_mut() {
        *part /= blocks * 1e3;
    }
    Ok(Simulated {
        threads,
        speedup: measured.sum(|it| it.in_order) / nanos,
        with_state: with / (nanos + after),
        nanos,
        parts,
        counts,
    })
}
