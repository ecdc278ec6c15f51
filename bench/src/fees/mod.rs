//! A simulation of a hot mint: what it does to everybody else's fees, with local fee markets and
//! without. Pool, producer and execution are the node's own, in this process; the demand is made up.

mod demand;
mod run;
mod show;

use crate::report::Report;
use anyhow::{Result, ensure};
use run::{Block, Outcome};

/// `bench fees`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct FeeArgs {
    /// Blocks in which the mint is open
    #[arg(long, default_value_t = 40)]
    blocks: u64,
    /// Blocks after it has closed
    #[arg(long, default_value_t = 20)]
    after: u64,
    /// Gas of a block; twice its target
    #[arg(long, default_value_t = 30_000_000)]
    gas_limit: u64,
    /// Gas that wants to be in each block, in targets
    #[arg(long, default_value_t = 3.0)]
    demand: f64,
    /// How much of it is the mint's, in per cent
    #[arg(long, default_value_t = 90)]
    hot: u64,
    /// How much more the mint's bids are from block to block, in per cent
    #[arg(long, default_value_t = 10)]
    rise: u64,
}

/// Runs the simulation twice.
///
/// # Errors
/// When the node does not start, or refuses what the load sends.
pub(crate) fn run(args: &FeeArgs, report: &Report) -> Result<()> {
    ensure!(args.hot <= 100, "--hot is more than 100 per cent");
    ensure!(args.blocks > 0, "--blocks must be above zero");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let mut outcomes = Vec::new();
    for local in [false, true] {
        let outcome = runtime.block_on(run::simulate(args, local))?;
        for block in &outcome.blocks {
            report.line(block)?;
        }
        report.line(&outcome.summary)?;
        outcomes.push(outcome);
    }
    show::table(&outcomes);
    Ok(())
}
