//! Layer C for all three machines at once: an open loop over the three RPCs of one node, with
//! transactions that cross between machines among them, and the whole distribution of how long
//! confirmation takes.

mod check;
mod drive;
mod kinds;
mod plan;
mod show;
mod soak;
mod solana;

pub(crate) use plan::solana_call;

use crate::{
    contracts::runtime_code,
    move_chain::ROUND_TRIP,
    report::{Report, micros_each, per_second},
    server::{Data, Kind, Programs, Sealing, own_cpu},
    setup::fund,
};
use anyhow::{Context as _, Result, ensure};
use drive::{Outcome, Target, drive};
use plan::{Plan, Size};
use serde_json::json;
use show::Mixed;
use solana::Wallets;
use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

/// `bench mixed`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct MixedArgs {
    /// Transactions in a second
    #[arg(long, default_value_t = 3_000.0)]
    rate: f64,
    /// For so many seconds
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Seconds of the same load before, which are not counted
    #[arg(long, default_value_t = 3)]
    warm_up: u32,
    /// Seconds between blocks; without it, a block as soon as transactions come
    #[arg(long)]
    block_time: Option<f64>,
    /// Accounts of each machine that send, in turn
    #[arg(long, default_value_t = 500)]
    senders: usize,
    /// Keep-alive connections to each of the three servers
    #[arg(long, default_value_t = 100)]
    connections: usize,
    /// Pause between two looks for a new block, in ms
    #[arg(long, default_value_t = 5)]
    poll_ms: u64,
    /// Let `sendTransaction` try each Solana transaction out first; without this, `skipPreflight`
    /// is set
    #[arg(long)]
    preflight: bool,
    /// Our node keeps its data in memory; without this every block is committed to disk
    #[arg(long)]
    ephemeral: bool,
    /// Block gas limit
    #[arg(long, default_value_t = 1_000_000_000)]
    block_gas: u64,
    /// Fail when the node's resident memory exceeds so many MiB, or still grows at the end
    #[arg(long, value_name = "MIB")]
    rss_ceiling: Option<f64>,
    #[command(flatten)]
    programs: Programs,
}

/// Runs the case.
///
/// # Errors
/// When the node does not start, or refuses, loses or fails a transaction, or memory grows.
pub(crate) async fn run(args: &MixedArgs, report: &Report) -> Result<()> {
    ensure!(args.rate > 0.0, "--rate must be above zero");
    ensure!(args.seconds > 0, "--seconds must be above zero");
    ensure!(args.senders > 1, "--senders must be above one");
    args.programs.find(Kind::Lumio)?;
    let wallets = Rc::new(Wallets::new(args.senders, args.block_gas, !args.preflight));
    let began = Instant::now();
    let plan = Plan::new(args.size(), &wallets)?;
    eprintln!("signed in {:.1} s", began.elapsed().as_secs_f64());

    let folder = tempfile::tempdir()?;
    let data = match args.ephemeral {
        true => Data::Ephemeral,
        false => Data::Folder(folder.path().join("data")),
    };
    let sealing = args.block_time.map_or(Sealing::Instant, Sealing::Every);
    let server = args.programs.start(Kind::Lumio, sealing, &data).await?;
    let target = Target {
        eth: server.address(),
        aptos: server.rest(),
        solana: server.solana(),
        connections: args.connections,
        poll: Duration::from_millis(args.poll_ms),
    };
    let mut control = fund(&server, &plan.funded, args.block_gas).await?;
    let code = json!([ROUND_TRIP, runtime_code("RoundTrip")?]);
    control.call("anvil_setCode", code).await?;
    for stage in plan.setup {
        let outcome = drive(target, &wallets, stage).await.context("set-up")?;
        let verdict = check::check(&server, &outcome).await?;
        ensure!(verdict.is_clean(), "the set-up failed: {verdict:?}");
    }
    let warm_up = drive(target, &wallets, plan.warm_up).await?;
    ensure!(
        check::check(&server, &warm_up).await?.is_clean(),
        "the warm-up failed"
    );

    let cpu = (server.cpu()?, own_cpu()?);
    let memory = RefCell::new(vec![server.rss_mib()?]);
    let outcome = tokio::select! {
        outcome = drive(target, &wallets, plan.load) => outcome?,
        error = soak::sample(&server, &memory) => return Err(error),
    };
    let server_cpu = server.cpu()?.saturating_sub(cpu.0);
    let own = own_cpu()?.saturating_sub(cpu.1);
    let verdict = check::check(&server, &outcome).await?;
    let count = outcome.transactions.len();
    let [confirmed, sent, answered] = show::distributions(&outcome);
    let (first, last) = outcome.blocks;
    let mixed = Mixed {
        case: "mixed",
        layer: "mixed",
        subject: Kind::Lumio.name(),
        setting: args.setting(sealing),
        transactions: count,
        tx_per_s: per_second(count, show::wall(&outcome)),
        lost: verdict.lost,
        failed: verdict.failed,
        confirmed,
        sent,
        answered,
        kinds: show::kinds(&outcome),
        p99_by_second: show::p99_by_second(&outcome),
        blocks: last.saturating_sub(first),
        cpu_us_per_tx: micros_each(server_cpu, count),
        generator_us_per_tx: micros_each(own, count),
        rss_mib: memory.take(),
    };
    report.line(&mixed)?;
    mixed.show();
    ensure!(verdict.is_clean(), "not all succeeded: {verdict:?}");
    match args.rss_ceiling {
        Some(ceiling) => soak::judge(&mixed.rss_mib, ceiling),
        None => Ok(()),
    }
}

impl MixedArgs {
    fn size(&self) -> Size {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "neither negative nor large"
        )]
        let of = |seconds: u32| (self.rate * f64::from(seconds)).round() as usize;
        let (warm_up, counted) = (of(self.warm_up), of(self.seconds));
        Size {
            rate: self.rate,
            warm_up,
            transactions: warm_up.saturating_add(counted),
            senders: self.senders,
        }
    }

    /// How the case was run.
    fn setting(&self, sealing: Sealing) -> String {
        format!(
            "{}, {}, open loop {}/s for {} s, {} connections to each of three servers, {} senders of each machine, Solana {} preflight, a look for blocks every {} ms{}",
            sealing.label(),
            if self.ephemeral {
                "in memory"
            } else {
                "durable"
            },
            self.rate,
            self.seconds,
            self.connections,
            self.senders,
            if self.preflight { "with" } else { "without" },
            self.poll_ms,
            match self.programs.lumio_arg.as_slice() {
                [] => String::new(),
                more => format!(", {}", more.join(" ")),
            }
        )
    }
}
