//! Layer A in parallel: blocks in memory on several threads, beside the same blocks in order.
//!
//! In order means the executor alone, one transaction after another over an overlay for the block,
//! as `Executor::execute_block` does: not the parallel machinery with one thread.
//!
//! The clock runs from the transactions to their results and the block's writes. To make a state of
//! those for the next block is what a node does with its trie, and not measured here.
//!
//! What a machine has several processors for differs: two may be one core's hyperthreads, and a
//! host lends them to others. So the same block is also run in order on all threads at once, each
//! thread for itself: no scheduler can be faster than that (`independent`).

use crate::{
    everyone::{Everyone, Load, Turns},
    layer_a_move::MoveWorkload,
    report::{Case, Report, micros_each, per_second},
    server::{own_cpu, own_rss_mib},
    workload::Workload,
};
use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;
use lumio_parallel::{Block, Counts, Threads};
use lumio_state::{EmptyView, Overlay};
use std::{
    hint::black_box,
    num::NonZeroUsize,
    thread,
    time::{Duration, Instant},
};

/// What each transaction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ParallelWorkload {
    /// ETH to a recipient of its own
    Transfer,
    /// ETH from all to one recipient
    TransferHot,
    /// ETH between the senders
    TransferAmong,
    /// ERC-20 units to a recipient of its own
    Erc20,
    /// ERC-20 units from all to one recipient
    Erc20Hot,
    /// ERC-20 units between the senders
    Erc20Among,
    /// Swaps on one Uniswap V2 pair
    Swap,
    /// ETH as a coin of Move
    Coin,
    /// A fungible asset of Move
    Fa,
    /// The same, from all to one
    FaHot,
    /// SOL between users
    Sol,
    /// SPL tokens between users
    Spl,
    /// The same, from all to one
    SplHot,
    /// ERC-20, fungible assets and SPL tokens: 40, 40 and 20 in a hundred
    Mixed,
}

/// `bench parallel`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ParallelArgs {
    /// Workloads
    #[arg(long, value_enum, value_delimiter = ',', default_values = [
        "transfer", "transfer-hot", "erc20", "erc20-hot", "swap",
        "coin", "fa", "fa-hot", "sol", "spl", "spl-hot", "mixed",
    ])]
    workload: Vec<ParallelWorkload>,
    /// How often each is run, in order and in parallel in turn
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    /// Numbers of threads
    #[arg(long, value_delimiter = ',', default_values_t = [2])]
    threads: Vec<usize>,
    /// Transactions in each case
    #[arg(long, default_value_t = 10_000)]
    transactions: usize,
    /// Accounts that send them, in turn
    #[arg(long, default_value_t = 1_000)]
    senders: usize,
    /// Transactions in a block
    #[arg(long, default_value_t = 1_000)]
    block: usize,
}

/// The state that a run begins with and changes.
type State = Overlay<EmptyView>;

/// One run of a load.
struct Run {
    wall: Duration,
    cpu: Duration,
    gas: u64,
    counts: Counts,
}

/// Runs the layer.
///
/// # Errors
/// When a transaction fails, or parallel and in order disagree.
pub(crate) fn run(args: &ParallelArgs, report: &mut Report) -> Result<()> {
    ensure!(
        args.transactions > 0 && args.senders > 1 && args.block > 0,
        "a workload needs transactions, two senders and a block"
    );
    let threads = args.threads.iter().map(|count| {
        let count = NonZeroUsize::new(*count).context("no threads")?;
        Ok(Threads::new(count)?)
    });
    let threads = threads.collect::<Result<Vec<_>>>()?;
    for workload in &args.workload {
        let load = workload
            .load(args.transactions, args.senders, Turns::InTurn)
            .with_context(|| workload.name().to_owned())?;
        for pair in 1..=args.pairs {
            let in_order = in_order(&load, load.state(), args.block)?;
            report.add(case(*workload, "in-order", 1, pair, &in_order, args)?)?;
            for threads in &threads {
                let apart = independent(&load, args.block, threads.count())?;
                let subject = format!("independent-{}", threads.count());
                report.add(case(
                    *workload,
                    &subject,
                    threads.count(),
                    pair,
                    &apart,
                    args,
                )?)?;
                let parallel = in_parallel(&load, args.block, threads, pair == 1)?;
                ensure!(
                    parallel.gas == in_order.gas,
                    "{} gas in parallel, and {} in order",
                    parallel.gas,
                    in_order.gas
                );
                let subject = format!("parallel-{}", threads.count());
                report.add(case(
                    *workload,
                    &subject,
                    threads.count(),
                    pair,
                    &parallel,
                    args,
                )?)?;
            }
        }
        for threads in &threads {
            let subject = format!("parallel-{}", threads.count());
            let apart = format!("independent-{}", threads.count());
            report.compare(workload.name(), &subject, "in-order")?;
            report.compare(workload.name(), &apart, "in-order")?;
            report.compare(workload.name(), &subject, &apart)?;
        }
    }
    Ok(())
}

fn case(
    workload: ParallelWorkload,
    subject: &str,
    threads: usize,
    pair: usize,
    run: &Run,
    args: &ParallelArgs,
) -> Result<Case> {
    let Counts {
        spoiled,
        waits,
        in_order,
        ..
    } = run.counts;
    Ok(Case {
        case: workload.name().to_owned(),
        layer: "executor",
        subject: subject.to_owned(),
        pair,
        transactions: args.transactions,
        threads,
        tx_per_s: per_second(args.transactions, run.wall),
        cpu_us_per_tx: micros_each(run.cpu, args.transactions),
        rss_mib: own_rss_mib()?,
        setting: format!(
            "in memory, blocks of {}, {} senders, {spoiled} spoiled, {waits} waits, {in_order} in order",
            args.block, args.senders
        ),
        ..Case::default()
    })
}

fn in_order(load: &Load, mut state: State, block: usize) -> Result<Run> {
    let mut gas = 0_u64;
    let (mut cpu, mut wall) = (Duration::ZERO, Duration::ZERO);
    for chunk in load.transactions.chunks(block) {
        let (before, began) = (own_cpu()?, Instant::now());
        let mut block = Overlay::new(&state);
        let mut results = Vec::with_capacity(chunk.len());
        for transaction in chunk {
            let mut executed = load.executor.execute(&block, &load.block, transaction)?;
            ensure!(executed.success, "failed: {:?}", executed.halt);
            gas = gas.saturating_add(executed.gas_used);
            executed.settle_on(&mut block)?;
            results.push(executed);
        }
        let writes: Vec<_> = block.into_changes().collect();
        wall = wall.saturating_add(began.elapsed());
        cpu = cpu.saturating_add(own_cpu()?.saturating_sub(before));
        black_box(results);
        state.apply(writes);
    }
    Ok(Run {
        wall,
        cpu,
        gas,
        counts: Counts::default(),
    })
}

/// So many times the same, at once, and each time for as long as a share of it takes.
fn independent(load: &Load, block: usize, threads: usize) -> Result<Run> {
    let states: Vec<_> = (0..threads).map(|_| load.state()).collect();
    let runs = thread::scope(|scope| {
        let runs: Vec<_> = states
            .into_iter()
            .map(|state| scope.spawn(|| in_order(load, state, block)))
            .collect();
        let runs = runs.into_iter().map(|run| {
            run.join()
                .map_err(|_| anyhow::anyhow!("a thread panicked"))?
        });
        runs.collect::<Result<Vec<_>>>()
    })?;
    let share = u32::try_from(threads).context("threads")?;
    let slowest = runs.iter().max_by_key(|run| run.wall);
    let slowest = slowest.context("no threads")?;
    Ok(Run {
        wall: slowest.wall.checked_div(share).unwrap_or_default(),
        // That of the process, so that of all threads.
        cpu: slowest.cpu.checked_div(share).unwrap_or_default(),
        gas: slowest.gas,
        counts: Counts::default(),
    })
}

fn in_parallel(load: &Load, block: usize, threads: &Threads, verify: bool) -> Result<Run> {
    let mut state = load.state();
    let mut gas = 0_u64;
    let mut counts = Counts::default();
    let (mut cpu, mut wall) = (Duration::ZERO, Duration::ZERO);
    for chunk in load.transactions.chunks(block) {
        let (before, began) = (own_cpu()?, Instant::now());
        let block = Block {
            executor: &load.executor,
            state: &state,
            context: &load.block,
            transactions: chunk,
        };
        let run = threads.run(&block, |_, _| ())?;
        for result in run.results.iter().flatten() {
            let ran = result
                .as_ref()
                .map_err(|refused| anyhow::anyhow!("{refused}"))?;
            ensure!(ran.executed.success, "failed: {:?}", ran.executed.halt);
            gas = gas.saturating_add(ran.executed.gas_used);
        }
        wall = wall.saturating_add(began.elapsed());
        cpu = cpu.saturating_add(own_cpu()?.saturating_sub(before));
        if verify {
            run.verify(&block)?;
        }
        counts.spoiled = counts.spoiled.saturating_add(run.counts.spoiled);
        counts.waits = counts.waits.saturating_add(run.counts.waits);
        counts.in_order = counts.in_order.saturating_add(run.counts.in_order);
        black_box(run.results);
        state.apply(run.writes.into_iter().flatten());
    }
    Ok(Run {
        wall,
        cpu,
        gas,
        counts,
    })
}

impl ParallelWorkload {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Transfer => "evm-transfer",
            Self::TransferHot => "evm-transfer-hot",
            Self::TransferAmong => "evm-transfer-among",
            Self::Erc20 => "evm-erc20",
            Self::Erc20Hot => "evm-erc20-hot",
            Self::Erc20Among => "evm-erc20-among",
            Self::Swap => "evm-uniswap-v2-swap",
            Self::Coin => "move-coin",
            Self::Fa => "move-fa",
            Self::FaHot => "move-fa-hot",
            Self::Sol => "sol-transfer",
            Self::Spl => "spl-transfer",
            Self::SplHot => "spl-transfer-hot",
            Self::Mixed => "mixed",
        }
    }

    /// The chain with everything that the workload needs, and its transactions.
    ///
    /// # Errors
    /// When something of it fails.
    pub(crate) fn load(self, count: usize, senders: usize, turns: Turns) -> Result<Load> {
        let mut everyone = Everyone::new(turns)?;
        let transactions = match self {
            Self::Transfer => everyone.evm(Workload::Transfer, count, senders)?,
            Self::TransferHot => everyone.evm(Workload::TransferHot, count, senders)?,
            Self::TransferAmong => everyone.evm(Workload::TransferAmong, count, senders)?,
            Self::Erc20 => everyone.evm(Workload::Erc20, count, senders)?,
            Self::Erc20Hot => everyone.evm(Workload::Erc20Hot, count, senders)?,
            Self::Erc20Among => everyone.evm(Workload::Erc20Among, count, senders)?,
            Self::Swap => everyone.evm(Workload::Swap, count, senders)?,
            Self::Coin => everyone.moving(MoveWorkload::Coin, count, senders)?,
            Self::Fa => everyone.moving(MoveWorkload::Fa, count, senders)?,
            Self::FaHot => everyone.moving(MoveWorkload::FaHot, count, senders)?,
            Self::Sol => everyone.sol(count, senders)?,
            Self::Spl => everyone.spl(count, senders, false)?,
            Self::SplHot => everyone.spl(count, senders, true)?,
            Self::Mixed => everyone.mixed(count, senders)?,
        };
        Ok(everyone.load(transactions))
    }
}
