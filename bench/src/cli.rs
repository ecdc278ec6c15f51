//! The command line of `bench`.

use crate::{
    crash::CrashArgs,
    document::{AllArgs, measure_all},
    fees::FeeArgs,
    layer_a::ExecutorArgs,
    layer_a_cross::CrossArgs,
    layer_a_move::MoveArgs,
    layer_a_parallel::ParallelArgs,
    layer_a_svm::SvmArgs,
    layer_b::BlockArgs,
    layer_c::RpcArgs,
    layer_c_move::RestArgs,
    layer_d::StateArgs,
    mixed::MixedArgs,
    move_gas::GasArgs,
    report::Report,
    simulate::SimulateArgs,
};
use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Measures Lumio in layers, beside peers.
///
/// Prints a line of JSON for each case on standard output, and a table on
/// standard error. Never compare figures of different layers.
#[derive(Debug, Parser)]
#[command(name = "bench", version)]
pub(crate) struct Cli {
    /// Append the lines of JSON to this file, too
    #[arg(long, global = true, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What the machine is called in the results
    #[arg(long, global = true, value_name = "LABEL")]
    machine: Option<String>,
    #[command(subcommand)]
    layer: Layer,
}

#[derive(Debug, Subcommand)]
enum Layer {
    /// Layer A: the executor in memory on one thread, beside plain revm
    Executor(ExecutorArgs),
    /// Layer A for Move: the same with Move transactions
    Move(MoveArgs),
    /// Layer A for Solana: SOL and token transfers in memory, beside LiteSVM
    Svm(SvmArgs),
    /// Layer A for calls across machines: a round trip beside its parts
    Cross(CrossArgs),
    /// Layer A in parallel: blocks on several threads beside the same blocks in order
    Parallel(ParallelArgs),
    /// A simulation: the same blocks on 4 to 32 threads, from measured times and real reads and writes
    Simulate(SimulateArgs),
    /// Everything of which `BENCHMARKS.md` tells, one suite after another, and that document; takes about an hour
    All(AllArgs),
    /// Render `BENCHMARKS.md` and its plots from the results in `bench/results`
    Report,
    /// What Move's gas buys: nanoseconds for each gas of instructions, natives and accesses, as a table
    MoveGas(GasArgs),
    /// Layer B: signatures, execution, state root and durable commit, without RPC
    Block(BlockArgs),
    /// Layer C: end to end over JSON-RPC, beside anvil
    Rpc(RpcArgs),
    /// Layer C for Move: the same over Aptos' REST API
    Rest(RestArgs),
    /// Layer C for all three machines: an open loop over their RPCs, and its whole distribution
    Mixed(MixedArgs),
    /// Layer D: what the size of the state costs
    State(StateArgs),
    /// A simulation: a hot mint beside everybody else, with local fee markets and without
    Fees(FeeArgs),
    /// Not a measurement: kills the node again and again under load, and checks that nothing acknowledged is lost
    Crash(CrashArgs),
}

impl Cli {
    /// Runs what the command line asks for.
    ///
    /// # Errors
    /// When something cannot be measured.
    pub(crate) fn run(self) -> Result<()> {
        let mut report = Report::new(self.machine.clone(), self.out);
        match self.layer {
            Layer::Executor(args) => crate::layer_a::run(&args, &mut report)?,
            Layer::Move(args) => crate::layer_a_move::run(&args, &mut report)?,
            Layer::Svm(args) => crate::layer_a_svm::run(&args, &mut report)?,
            Layer::Cross(args) => crate::layer_a_cross::run(&args, &mut report)?,
            Layer::Parallel(args) => crate::layer_a_parallel::run(&args, &mut report)?,
            Layer::All(args) => {
                measure_all(&args, self.machine.as_deref())?;
                return crate::document::write();
            }
            Layer::Report => return crate::document::write(),
            Layer::Simulate(args) => return crate::simulate::run(&args, &mut report),
            Layer::MoveGas(args) => return crate::move_gas::run(&args),
            Layer::Block(args) => crate::layer_b::run(&args, &mut report)?,
            Layer::Rpc(args) => {
                crate::layer_c::check(&args)?;
                on_one_thread(crate::layer_c::run(&args, &mut report))?;
            }
            Layer::Rest(args) => {
                crate::layer_c_move::check(&args)?;
                on_one_thread(crate::layer_c_move::run(&args, &mut report))?;
            }
            Layer::Mixed(args) => {
                return on_one_thread(crate::mixed::run(&args, &report));
            }
            Layer::State(args) => on_one_thread(crate::layer_d::run(&args, &mut report))?,
            Layer::Fees(args) => return crate::fees::run(&args, &report),
            Layer::Crash(args) => return on_one_thread(crate::crash::run(&args)),
        }
        report.table();
        Ok(())
    }
}

/// Runs the load generator on one thread: it must leave the cores to the
/// server.
fn on_one_thread(work: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work)
}
