//! What is measured: each suite a command, and a file with its results.

use anyhow::{Context as _, Result, ensure};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Cases that one command measures.
pub(super) struct Suite {
    /// Its results are in `bench/results/NAME.jsonl`.
    pub(super) name: &'static str,
    /// What comes after `lumio-bench`.
    pub(super) arguments: &'static str,
    pub(super) heading: &'static str,
    pub(super) text: &'static str,
}

/// All suites, layer by layer.
pub(super) const SUITES: [Suite; 13] = [
    Suite {
        name: "executor",
        arguments: "executor",
        heading: "Layer A: the EVM on one thread",
        text: "The executor in memory; no signatures, no root, no disk. `lumio` runs the OP stack's rules beside op-revm, `lumio-ethereum` plain Ethereum's beside revm, on the same block.",
    },
    Suite {
        name: "move",
        arguments: "move",
        heading: "Layer A: Move on one thread",
        text: "The same with Move transactions between 100 accounts; `lumio+signatures` decodes each and checks its signatures within the measured time. Transfers of an issued fungible asset also on an Aptos-derived VM in a process of its own, which has no fees, sequence numbers or signatures to deal with.",
    },
    Suite {
        name: "move-accounts",
        arguments: "move --workload coin,fa --senders 1000,2",
        heading: "Layer A: Move between many accounts, and between two",
        text: "Transfers again, between 1,000 accounts and between two.",
    },
    Suite {
        name: "svm",
        arguments: "svm",
        heading: "Layer A: Solana on one thread",
        text: "Transfers beside LiteSVM in the same process; `signed` checks signatures, ours those of a batch on two threads before.",
    },
    Suite {
        name: "cross",
        arguments: "cross",
        heading: "Layer A: calls between machines",
        text: "A round trip EVM → Move → EVM beside its parts, each a transaction of its own.",
    },
    Suite {
        name: "parallel",
        arguments: "parallel --pairs 45",
        heading: "Layer A: two threads",
        text: "Blocks of 1,000 on two threads beside the same blocks in order, which is the executor alone without any of the parallel machinery. Each result is checked to be that of running in order. `independent-2` is two threads that each run the block for themselves, without any scheduler: what the host's processors give just then. Many pairs, because a host that lends them to others moves single ratios by a third.",
    },
    Suite {
        name: "simulate",
        arguments: "simulate",
        heading: "Layer A: more threads, simulated",
        text: "**Simulated.** Users send to each other in random order. Each transaction's time and what it reads and writes are from real runs; what the machinery costs is measured by replaying those accesses without the work between them; virtual threads with a core each then take turns at the real scheduler. Caches and memory bandwidth that cores share are left out. The same blocks are really run on two threads, and simulated with transactions as much slower as they are there: the difference is the error.",
    },
    Suite {
        name: "block",
        arguments: "block",
        heading: "Layer B: blocks",
        text: "Decoding, signatures, pool, execution, state root and durable commit in one process, without RPC; p50 and p99 are those of sealing a block.",
    },
    Suite {
        name: "rpc",
        arguments: "rpc --workload transfer,erc20,swap,compute",
        heading: "Layer C: over JSON-RPC, closed loop",
        text: "A node in its own process beside anvil, which keeps everything in memory; our node commits every block durably. A block every 0.2 s.",
    },
    Suite {
        name: "rpc-instant",
        arguments: "rpc --target lumio --instant --rate 1000 --connections 64 --confirm receipts",
        heading: "Layer C: over JSON-RPC, 1,000 a second",
        text: "Open loop: each transaction has its moment, and its latency counts from there.",
    },
    Suite {
        name: "rest",
        arguments: "rest --workload coin,fa-eth,fa",
        heading: "Layer C: Move over Aptos' REST API",
        text: "Submissions in BCS; a block every 0.2 s, closed loop.",
    },
    Suite {
        name: "mixed",
        arguments: "mixed",
        heading: "Layer C: all machines at once, 3,000 a second",
        text: "An open loop over the three RPCs of one node for 60 s: EVM, Move, Solana, and calls between them.",
    },
    Suite {
        name: "state",
        arguments: "state",
        heading: "Layer D: a million accounts",
        text: "State roots with all nodes in memory, for each updated key; and from starting the process to its first answer.",
    },
];

/// `bench all`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct AllArgs {
    /// Only these suites
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Show the commands, and run none
    #[arg(long)]
    dry_run: bool,
}

/// The folder of results.
pub(super) fn results() -> PathBuf {
    crate::server::checkout().join("bench/results")
}

/// Measures everything, each suite in a process of its own, into the folder of results.
///
/// # Errors
/// When a suite fails; those before it are kept.
pub(crate) fn measure_all(args: &AllArgs, machine: Option<&str>) -> Result<()> {
    for name in &args.only {
        let is_known = SUITES.iter().any(|suite| suite.name == name);
        ensure!(is_known, "there is no suite {name}");
    }
    let is_asked =
        |suite: &&Suite| args.only.is_empty() || args.only.iter().any(|it| it == suite.name);
    for suite in SUITES.iter().filter(is_asked) {
        eprintln!("lumio-bench {}", suite.arguments);
        if !args.dry_run {
            suite
                .measure(&results(), machine)
                .with_context(|| suite.name)?;
        }
    }
    Ok(())
}

impl Suite {
    /// The command that measures it.
    pub(super) fn command(&self) -> String {
        format!("cargo run --release -p lumio-bench -- {}", self.arguments)
    }

    /// Replaces its results when it succeeds.
    fn measure(&self, folder: &Path, machine: Option<&str>) -> Result<()> {
        fs::create_dir_all(folder)?;
        let scratch = tempfile::tempdir()?;
        let out = scratch.path().join("out.jsonl");
        let status = Command::new(std::env::current_exe()?)
            .args(self.arguments.split(' '))
            .arg("--out")
            .arg(&out)
            .args(machine.map(|machine| format!("--machine={machine}")))
            .stdout(std::process::Stdio::null())
            .status()?;
        ensure!(status.success(), "it failed: {status}");
        fs::copy(&out, folder.join(format!("{}.jsonl", self.name)))?;
        Ok(())
    }
}
