//! The command: loads, what they really take, and what they would on more threads.

use super::{
    costs::{self, Costs},
    machine::Machine,
    show,
    trace::{Trace, at_once, nanos_since, trace},
};
use crate::{
    everyone::{Load, Turns},
    layer_a_parallel::{ParallelWorkload, in_order, in_parallel},
    report::{Case, Report, median, micros_each, per_second},
    server::own_rss_mib,
};
use anyhow::{Context as _, Result, ensure};
use lumio_parallel::{Counts, Threads};
use std::{collections::BTreeMap, num::NonZeroUsize, time::Instant};

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
    /// How often each block is really run
    #[arg(long, default_value_t = 5)]
    pairs: usize,
}

/// A case: which load, in which blocks.
pub(super) struct Setting {
    pub(super) workload: ParallelWorkload,
    pub(super) accounts: usize,
    pub(super) block: usize,
}

impl Setting {
    pub(super) fn name(&self) -> String {
        let workload = self.workload.name();
        let workload = workload.trim_end_matches("-among");
        format!("{workload}-{}-accounts", self.accounts)
    }
}

/// A load in blocks that were really run.
struct Measured {
    blocks: Vec<Trace>,
    costs: Costs,
    /// How much longer two blocks take at once than one.
    slowdown: f64,
    /// Two threads by one, really.
    speedup: f64,
}

/// A load as simulated.
pub(super) struct Simulated {
    pub(super) threads: usize,
    pub(super) speedup: f64,
    /// All blocks, in ns.
    nanos: f64,
    /// µs for each block.
    pub(super) parts: BTreeMap<&'static str, f64>,
    pub(super) counts: Counts,
}

/// One case, for people.
pub(super) struct Row {
    pub(super) setting: Setting,
    pub(super) real: f64,
    pub(super) slowdown: f64,
    /// Two threads of this machine.
    pub(super) check: Simulated,
    pub(super) simulated: Vec<Simulated>,
    pub(super) costs: Costs,
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
    let two = Threads::new(NonZeroUsize::new(2).context("no threads")?)?;
    let mut rows = Vec::new();
    for workload in &args.workload {
        for accounts in &args.accounts {
            let load = workload
                .load(args.transactions, *accounts, Turns::AtRandom)
                .with_context(|| workload.name())?;
            for block in &args.block {
                let setting = Setting {
                    workload: *workload,
                    accounts: *accounts,
                    block: *block,
                };
                let row = case(args, setting, &load, &two, report)?;
                show::row(&row);
                rows.push(row);
            }
        }
    }
    show::table(&rows);
    Ok(())
}

fn case(
    args: &SimulateArgs,
    setting: Setting,
    load: &Load,
    two: &Threads,
    report: &mut Report,
) -> Result<Row> {
    let measured = measure(args, &setting, load, two, report)?;
    let check = simulate(&measured, &setting, load, 2, measured.slowdown)?;
    report.add(line(
        &setting,
        load,
        &check,
        format!(
            "of this machine, where work takes {:.2} times as long on both at once; really {:.2}",
            measured.slowdown, measured.speedup
        ),
    )?)?;
    let mut simulated = Vec::new();
    for threads in &args.threads {
        let went = simulate(&measured, &setting, load, *threads, 1.0)?;
        let cores = "with a core each, as fast as one alone".to_owned();
        report.add(line(&setting, load, &went, cores)?)?;
        simulated.push(went);
    }
    Ok(Row {
        setting,
        real: measured.speedup,
        slowdown: measured.slowdown,
        check,
        simulated,
        costs: measured.costs,
    })
}

/// Runs a load really: in order and on two threads in turn, then with all clocks.
fn measure(
    args: &SimulateArgs,
    setting: &Setting,
    load: &Load,
    two: &Threads,
    report: &mut Report,
) -> Result<Measured> {
    let mut speedups = Vec::new();
    for pair in 1..=args.pairs {
        let alone = in_order(load, setting.block)?;
        let both = in_parallel(load, setting.block, two, pair == 1)?;
        ensure!(alone.gas == both.gas, "another gas in parallel");
        speedups.push(alone.wall.as_secs_f64() / both.wall.as_secs_f64());
        for (threads, run) in [(1, &alone), (2, &both)] {
            let count = load.transactions.len();
            report.add(Case {
                case: setting.name(),
                layer: "executor",
                subject: match threads {
                    1 => "in-order".to_owned(),
                    _ => format!("parallel-{threads}"),
                },
                pair,
                transactions: count,
                threads,
                tx_per_s: per_second(count, run.wall),
                cpu_us_per_tx: micros_each(run.cpu, count),
                rss_mib: own_rss_mib()?,
                setting: format!("in memory, blocks of {}", setting.block),
                ..Case::default()
            })?;
        }
    }
    let mut state = load.state();
    let mut blocks = Vec::new();
    let (mut costs, mut slowdown) = (Costs::default(), 1.0);
    for block in load.transactions.chunks(setting.block) {
        let before = blocks.is_empty().then(|| load.state());
        let mut trace = trace(load, block, &mut state, args.pairs)?;
        if let Some(before) = before {
            costs = costs::measure(&before, &trace.accesses)?;
            let slowdowns = (0..args.pairs).map(|_| {
                let alone = at_once(load, block, &before, 1)?;
                Ok(at_once(load, block, &before, 2)? / alone)
            });
            slowdown = median(slowdowns.collect::<Result<Vec<_>>>()?.into_iter());
        }
        // Only the first block's are replayed.
        trace.accesses.clear();
        blocks.push(trace);
    }
    Ok(Measured {
        blocks,
        costs,
        slowdown: slowdown.max(1.0),
        speedup: median(speedups.into_iter()),
    })
}

fn simulate(
    measured: &Measured,
    setting: &Setting,
    load: &Load,
    threads: usize,
    slowdown: f64,
) -> Result<Simulated> {
    // It only gives hints and learns.
    let history = Threads::new(NonZeroUsize::MIN)?;
    let costs = &measured.costs;
    let mut parts: BTreeMap<&'static str, f64> = BTreeMap::new();
    let mut counts = Counts::default();
    let mut in_order = 0.0;
    let blocks = load.transactions.chunks(setting.block);
    for (trace, block) in measured.blocks.iter().zip(blocks) {
        in_order += trace.in_order;
        let began = Instant::now();
        let follows = history.hints(block);
        let hints = nanos_since(began);
        // Whether it is a chain is looked at twice, and is a part of it.
        let mut spend = |part, nanos: f64| *parts.entry(part).or_default() += nanos;
        spend("hints", hints);
        if lumio_block_stm::is_chain(&follows, threads) {
            spend("in order", trace.in_order);
            counts.in_order += block.len();
            continue;
        }
        let went = Machine::new(trace, &follows, costs, threads, slowdown).run();
        let many = threads as f64;
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
        spend("apply", trace.apply);
        spend("drop", trace.drop);
        history.learn(block, &went.repeated, went.counts.in_order > 0);
        counts.runs += went.counts.runs;
        counts.checks += went.counts.checks;
        counts.spoiled += went.counts.spoiled;
        counts.waits += went.counts.waits;
        counts.in_order += went.counts.in_order;
    }
    let nanos: f64 = parts.values().sum();
    let blocks = measured.blocks.len().max(1) as f64;
    for part in parts.values_mut() {
        *part /= blocks * 1e3;
    }
    Ok(Simulated {
        threads,
        speedup: in_order / nanos,
        nanos,
        parts,
        counts,
    })
}

fn line(setting: &Setting, load: &Load, went: &Simulated, cores: String) -> Result<Case> {
    let count = load.transactions.len();
    let Counts {
        spoiled,
        waits,
        in_order,
        ..
    } = went.counts;
    Ok(Case {
        case: setting.name(),
        layer: "executor",
        subject: format!("simulated-{}", went.threads),
        pair: 1,
        transactions: count,
        threads: went.threads,
        tx_per_s: count as f64 * 1e9 / went.nanos,
        rss_mib: own_rss_mib()?,
        setting: format!(
            "blocks of {}; {cores}; {spoiled} spoiled, {waits} waits, {in_order} in order",
            setting.block
        ),
        simulated: true,
        speedup: Some(went.speedup),
        parts: went.parts.clone(),
        ..Case::default()
    })
}
