//! Layer C: end to end over JSON-RPC, servers interleaved A B A B.

use crate::{
    http::Connection,
    load::{Confirm, Load, Outcome, Style, parse_quantity, quantity},
    report::{Case, Report, millis},
    server::{Data, Kind, Programs, Sealing, Server, own_cpu},
    setup::prepare,
    workload::{Plan, Size, Workload},
};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// Blocks whose receipts are asked for in one batch.
const CHECK_BATCH: usize = 50;

/// `bench rpc`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct RpcArgs {
    /// Servers to measure, interleaved in this order; ratios are the first by each other
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["lumio", "anvil"])]
    target: Vec<Kind>,
    /// Workloads
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["transfer", "erc20"])]
    workload: Vec<Workload>,
    /// How often each server runs each workload
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    /// Seconds between blocks
    #[arg(long, default_value_t = 0.2, conflicts_with = "instant")]
    block_time: f64,
    /// Seal a block as soon as a transaction comes
    #[arg(long)]
    instant: bool,
    /// Our node keeps its data in memory; without this every block is committed to disk
    #[arg(long)]
    ephemeral: bool,
    /// Block gas limit of every server; 0 leaves each its own
    #[arg(long, default_value_t = 1_000_000_000)]
    block_gas: u64,
    #[command(flatten)]
    size: Size,
    #[command(flatten)]
    style: Style,
    #[command(flatten)]
    programs: Programs,
}

/// Runs the layer.
///
/// # Errors
/// When a server cannot be started, refuses or fails a transaction.
pub(crate) async fn run(args: &RpcArgs, report: &mut Report) -> Result<()> {
    // Build or install before anything is measured.
    for kind in &args.target {
        args.programs.find(*kind)?;
    }
    for workload in &args.workload {
        let plan = workload.plan(args.size)?;
        let mut name = String::new();
        for pair in 1..=args.pairs {
            for kind in &args.target {
                let case = measure(args, *kind, *workload, &plan, pair)
                    .await
                    .with_context(|| format!("{} on {}", workload.name(), kind.name()))?;
                name.clone_from(&case.case);
                report.add(case)?;
            }
        }
        if let Some((first, others)) = args.target.split_first() {
            for other in others {
                report.compare(&name, first.name(), other.name())?;
            }
        }
    }
    Ok(())
}

async fn measure(
    args: &RpcArgs,
    kind: Kind,
    workload: Workload,
    plan: &Plan,
    pair: usize,
) -> Result<Case> {
    let sealing = if args.instant {
        Sealing::Instant
    } else {
        Sealing::Every(args.block_time)
    };
    let folder = tempfile::tempdir()?;
    let data = match kind {
        Kind::Lumio if !args.ephemeral => Data::Folder(folder.path().join("data")),
        Kind::Lumio | Kind::Anvil => Data::Ephemeral,
    };
    let server = args.programs.start(kind, sealing, &data).await?;
    prepare(&server, plan, args.block_gas).await?;

    let load = Load::new(&plan.load, plan.senders, args.style.confirm);
    let cpu = (server.cpu()?, own_cpu()?);
    let mut outcome = load.run(server.address(), &args.style).await?;
    let server_cpu = server.cpu()?.saturating_sub(cpu.0);
    let own = own_cpu()?.saturating_sub(cpu.1);
    let rss_mib = server.rss_mib()?;
    check_receipts(&server, &outcome, plan.load.len()).await?;

    Ok(Case {
        case: case_name(workload.name(), sealing, &args.style),
        layer: "rpc",
        subject: kind.name().to_owned(),
        pair,
        transactions: plan.load.len(),
        tx_per_s: outcome.tx_per_s(),
        cpu_us_per_tx: outcome.micros_each(server_cpu),
        p50_ms: Some(outcome.p50()),
        p99_ms: Some(outcome.p99()),
        rss_mib,
        startup_ms: Some(millis(server.startup())),
        generator_us_per_tx: Some(outcome.micros_each(own)),
        blocks: usize::try_from(outcome.blocks.1.saturating_sub(outcome.blocks.0)).ok(),
        setting: setting(sealing, &data, &args.style),
        ..Case::default()
    })
}

/// What a case is called in reports.
pub(crate) fn case_name(workload: &str, sealing: Sealing, style: &Style) -> String {
    let sealing = match sealing {
        Sealing::Instant => " instant",
        Sealing::Every(_) => "",
    };
    let pace = style
        .rate
        .map_or(String::new(), |rate| format!(" @{rate}/s"));
    format!("{workload}{sealing}{pace}")
}

/// How a case was run.
pub(crate) fn setting(sealing: Sealing, data: &Data, style: &Style) -> String {
    let sealing = sealing.label();
    let data = match data {
        Data::Ephemeral => "in memory",
        Data::Folder(_) => "durable",
    };
    format!("{sealing}, {data}, {}", style.label())
}

/// Checks, after the measurement, that every transaction succeeded.
pub(crate) async fn check_receipts(
    server: &Server,
    outcome: &Outcome,
    expected: usize,
) -> Result<()> {
    let mut connection = Connection::open(server.address()).await?;
    let mut succeeded: usize = 0;
    let (first, last) = outcome.blocks;
    let numbers: Vec<u64> = (first.saturating_add(1)..=last).collect();
    for numbers in numbers.chunks(CHECK_BATCH) {
        let calls: Vec<(&str, Value)> = numbers
            .iter()
            .map(|number| ("eth_getBlockReceipts", json!([quantity(*number)])))
            .collect();
        for receipts in connection.batch(&calls).await? {
            for receipt in receipts.as_array().into_iter().flatten() {
                let status = receipt.get("status").context("a receipt without status")?;
                ensure!(parse_quantity(status)? == 1, "failed: {receipt}");
                succeeded = succeeded.saturating_add(1);
            }
        }
    }
    ensure!(
        succeeded == expected,
        "{succeeded} receipts for {expected} transactions"
    );
    Ok(())
}

/// Fails early when a style makes no sense.
///
/// # Errors
/// When transactions that wait for their receipt are sent in batches.
pub(crate) fn check(args: &RpcArgs) -> Result<()> {
    ensure!(
        args.style.confirm != Confirm::Receipts || args.style.batch <= 1,
        "--confirm receipts asks for --batch 1: each request waits for its receipt"
    );
    ensure!(
        args.style.rate.is_none_or(|rate| rate > 0.0),
        "--rate must be above zero"
    );
    ensure!(!args.target.is_empty(), "--target names no server");
    Ok(())
}
