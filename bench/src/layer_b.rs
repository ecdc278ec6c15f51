//! Layer B: the node without its RPC: signatures, pool, execution, state root
//! and durable commit, in this process.

use crate::{
    report::{Case, Report, micros_each, per_second, percentile},
    server::{own_cpu, own_rss_mib},
    signer::{CHAIN_ID, Signed},
    workload::{FUNDS, Plan, Size, Workload},
};
use alloy_primitives::U256;
use anyhow::{Context, Result, ensure};
use lumio_node::{Config, Node};
use lumio_rpc::eth::{Backend, DevControl};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// `bench block`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct BlockArgs {
    /// Workloads
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["transfer", "transfer-hot", "erc20", "erc20-hot", "swap", "compute"])]
    workload: Vec<Workload>,
    /// How often each workload runs
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    /// Transactions in a block
    #[arg(long, default_value_t = 1_000)]
    block: usize,
    /// Keep the chain in memory; without this every block is committed to disk
    #[arg(long)]
    ephemeral: bool,
    #[command(flatten)]
    size: Size,
}

/// Where the time of a run went.
#[derive(Debug, Default)]
struct Spent {
    /// Decoding, signatures, admission to the pool.
    submit: Duration,
    /// Execution, root, commit; of each block, in ms.
    seal: Duration,
    blocks_ms: Vec<f64>,
}

/// Runs the layer.
///
/// # Errors
/// When the node does not start, refuses or fails a transaction.
pub(crate) fn run(args: &BlockArgs, report: &mut Report) -> Result<()> {
    ensure!(args.block > 0, "--block must be above zero");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    for workload in &args.workload {
        let plan = workload.plan(args.size)?;
        for pair in 1..=args.pairs {
            let folder = tempfile::tempdir()?;
            let node = runtime.block_on(Node::start(Config {
                datadir: folder.path().join("data"),
                ephemeral: args.ephemeral,
                eth_port: 0,
                no_aptos: true,
                no_solana: true,
                metrics_port: 0,
                no_mining: true,
                chain_id: Some(CHAIN_ID),
                gas_limit: 1_000_000_000,
                ..Config::default()
            }))?;
            let case = measure(args, node.backend(), *workload, &plan, pair)
                .with_context(|| workload.name())?;
            runtime.block_on(node.stop())?;
            report.add(case)?;
        }
    }
    Ok(())
}

fn measure(
    args: &BlockArgs,
    backend: Arc<dyn Backend>,
    workload: Workload,
    plan: &Plan,
    pair: usize,
) -> Result<Case> {
    let dev = backend.dev().context("no development chain")?;
    for owner in &plan.funded {
        dev.set_balance(*owner, U256::from(FUNDS))?;
    }
    for stage in &plan.setup {
        seal(&*backend, dev, stage, &mut Spent::default())?;
    }
    let mut spent = Spent::default();
    let cpu = own_cpu()?;
    for block in plan.load.chunks(args.block) {
        seal(&*backend, dev, block, &mut spent)?;
    }
    let cpu = own_cpu()?.saturating_sub(cpu);
    let count = plan.load.len();
    let data = if args.ephemeral {
        "in memory"
    } else {
        "durable"
    };
    Ok(Case {
        case: workload.name().to_owned(),
        layer: "block",
        subject: "lumio".to_owned(),
        pair,
        transactions: count,
        threads: 1,
        tx_per_s: per_second(count, spent.submit.saturating_add(spent.seal)),
        cpu_us_per_tx: micros_each(cpu, count),
        p50_ms: Some(percentile(&mut spent.blocks_ms, 0.5)),
        p99_ms: Some(percentile(&mut spent.blocks_ms, 0.99)),
        rss_mib: own_rss_mib()?,
        blocks: Some(spent.blocks_ms.len()),
        setting: format!(
            "{data}, {} in a block; {:.1} µs to submit and {:.1} µs to seal each; p50 and p99 are those of sealing a block",
            args.block,
            micros_each(spent.submit, count),
            micros_each(spent.seal, count),
        ),
        ..Case::default()
    })
}

/// Submits transactions, seals one block, and checks that it holds them all.
fn seal(
    backend: &dyn Backend,
    dev: &dyn DevControl,
    transactions: &[Signed],
    spent: &mut Spent,
) -> Result<()> {
    let began = Instant::now();
    for signed in transactions {
        backend.submit_raw(signed.raw.clone())?;
    }
    let submitted = Instant::now();
    let numbers = dev.mine(1, None)?;
    let sealed = submitted.elapsed();
    spent.submit = spent
        .submit
        .saturating_add(submitted.saturating_duration_since(began));
    spent.seal = spent.seal.saturating_add(sealed);
    spent.blocks_ms.push(crate::report::millis(sealed));

    let number = *numbers.last().context("no block was sealed")?;
    let receipts = backend.receipts(number)?.context("no receipts")?;
    let succeeded = receipts.iter().filter(|receipt| receipt.success).count();
    ensure!(
        succeeded == transactions.len(),
        "{succeeded} of {} transactions succeeded in block {number}",
        transactions.len()
    );
    Ok(())
}
