//! Layer D: what the size of the state costs: a root update with many accounts
//! in the trie, and opening a folder that holds them.

use crate::{
    layer_a::thread_cpu,
    report::{Case, Report, micros_each, millis, per_second},
    server::{Data, Kind, Programs, Sealing, own_rss_mib},
    workload::recipient,
};
use alloy_primitives::{Address, B256, KECCAK256_EMPTY, U256, keccak256};
use anyhow::{Result, ensure};
use lumio_state::trie::{
    AccountLeaf, AccountUpdate, EMPTY_ROOT, MemoryNodes, StateTrie, TrieLimits,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    fmt::Write as _,
    num::NonZeroUsize,
    path::Path,
    time::{Duration, Instant},
};

/// Accounts that are put into the trie at once while it is built.
const BUILD: usize = 50_000;
/// Blocks whose root is measured in each pair.
const BLOCKS: usize = 20;

/// `bench state`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct StateArgs {
    /// Accounts in the state
    #[arg(long, default_value_t = 1_000_000)]
    accounts: usize,
    /// Accounts that each block changes
    #[arg(long, default_value_t = 1_000)]
    updated: usize,
    /// How often everything is measured
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    /// Threads of the trie, each measured
    #[arg(long, value_delimiter = ',', default_value = "1,2")]
    threads: Vec<NonZeroUsize>,
    /// Only the trie in memory: do not start a node
    #[arg(long)]
    no_node: bool,
    #[command(flatten)]
    programs: Programs,
}

/// Runs the layer.
///
/// # Errors
/// When the trie fails or the node does not start.
pub(crate) async fn run(args: &StateArgs, report: &mut Report) -> Result<()> {
    ensure!(args.accounts > 0 && args.updated > 0, "nothing to update");
    let mut tries = Vec::new();
    for threads in &args.threads {
        tries.push(Accounts::build(args.accounts, *threads)?);
    }
    for pair in 1..=args.pairs {
        for trie in &mut tries {
            report.add(trie.measure(args, pair)?)?;
        }
    }
    drop(tries);
    if !args.no_node {
        start_ups(args, report).await?;
    }
    Ok(())
}

/// A trie whose nodes are all in memory, as in a node that is running.
struct Accounts {
    trie: StateTrie,
    store: MemoryNodes,
    random: StdRng,
    threads: usize,
}

impl Accounts {
    fn build(count: usize, threads: NonZeroUsize) -> Result<Self> {
        let limits = TrieLimits {
            account_nodes: usize::MAX,
            storage_nodes: usize::MAX,
            threads,
        };
        let mut built = Self {
            trie: StateTrie::open(EMPTY_ROOT, limits),
            store: MemoryNodes::new(),
            random: StdRng::seed_from_u64(1),
            threads: threads.get(),
        };
        for first in (0..count).step_by(BUILD) {
            let last = first.saturating_add(BUILD).min(count);
            let updates = (first..last).map(|index| update(recipient(index), 1));
            built.block(updates.collect())?;
        }
        Ok(built)
    }

    /// Applies a block's changes: the new root, and the nodes to be stored.
    fn block(&mut self, updates: Vec<AccountUpdate>) -> Result<Root> {
        let cpu = thread_cpu()?;
        let began = Instant::now();
        let (root, changes) = self.trie.apply_and_commit(&self.store, updates)?;
        let wall = began.elapsed();
        let cpu = thread_cpu()?.saturating_sub(cpu);
        for (owner, nodes) in changes {
            self.store.apply(owner, nodes);
        }
        Ok(Root { root, wall, cpu })
    }

    fn measure(&mut self, args: &StateArgs, pair: usize) -> Result<Case> {
        let (mut wall, mut cpu) = (Duration::ZERO, Duration::ZERO);
        let mut last = B256::ZERO;
        for _ in 0..BLOCKS {
            let random = &mut self.random;
            let updates = (0..args.updated)
                .map(|_| {
                    let index = random.random_range(0..args.accounts);
                    update(recipient(index), random.random())
                })
                .collect();
            let block = self.block(updates)?;
            ensure!(block.root != last, "the root did not change");
            last = block.root;
            wall = wall.saturating_add(block.wall);
            cpu = cpu.saturating_add(block.cpu);
        }
        let keys = BLOCKS.saturating_mul(args.updated);
        Ok(Case {
            case: match self.threads {
                1 => "state-root-per-key".to_owned(),
                threads => format!("state-root-per-key-{threads}-threads"),
            },
            layer: "state",
            subject: "lumio".to_owned(),
            pair,
            transactions: keys,
            threads: self.threads,
            tx_per_s: per_second(keys, wall),
            cpu_us_per_tx: micros_each(cpu, keys),
            rss_mib: own_rss_mib()?,
            setting: format!(
                "{} accounts, {} updated in a block, nodes in memory; CPU time of the first thread",
                args.accounts, args.updated
            ),
            ..Case::default()
        })
    }
}

struct Root {
    root: B256,
    wall: Duration,
    cpu: Duration,
}

fn update(address: Address, nonce: u64) -> AccountUpdate {
    AccountUpdate {
        address,
        account: Some(AccountLeaf {
            nonce,
            balance: U256::from_be_bytes(keccak256(address).0) >> 128,
            code_hash: KECCAK256_EMPTY,
        }),
        storage: Vec::new(),
        storage_wiped: false,
    }
}

/// How long the node takes to its first answer: with a state of this size on
/// disk, and on an empty folder.
async fn start_ups(args: &StateArgs, report: &mut Report) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let genesis = scratch.path().join("genesis.json");
    write_genesis(&genesis, args.accounts)?;
    let full = Data::Folder(scratch.path().join("full"));
    let mut first = args.programs.clone();
    first.lumio_arg.extend([
        "--genesis".to_owned(),
        genesis.to_string_lossy().into_owned(),
    ]);
    first
        .start(Kind::Lumio, Sealing::Instant, &full)
        .await?
        .kill()?;
    for pair in 1..=args.pairs {
        let empty = Data::Folder(scratch.path().join(format!("empty-{pair}")));
        for (name, data) in [("start-empty", &empty), ("start-full", &full)] {
            let server = args
                .programs
                .start(Kind::Lumio, Sealing::Instant, data)
                .await?;
            let accounts = if name == "start-full" {
                args.accounts
            } else {
                0
            };
            report.add(Case {
                case: name.to_owned(),
                layer: "state",
                subject: "lumio".to_owned(),
                pair,
                cpu_us_per_tx: server.cpu()?.as_secs_f64() * 1e6,
                rss_mib: server.rss_mib()?,
                p50_ms: Some(millis(server.startup())),
                startup_ms: Some(millis(server.startup())),
                setting: format!("{accounts} accounts on disk, after kill -9"),
                ..Case::default()
            })?;
            server.kill()?;
        }
    }
    Ok(())
}

/// A genesis file in geth's format with this many accounts.
fn write_genesis(path: &Path, accounts: usize) -> Result<()> {
    let mut text = String::from(r#"{"config":{"chainId":31337},"alloc":{"#);
    for index in 0..accounts {
        let comma = if index == 0 { "" } else { "," };
        let address = recipient(index);
        write!(
            text,
            r#"{comma}"{address:#x}":{{"balance":"0xde0b6b3a7640000"}}"#
        )?;
    }
    text.push_str(
        r#"},"gasLimit":"0x5f5e100","difficulty":"0x0","extraData":"0x","timestamp":"0x0"}"#,
    );
    Ok(std::fs::write(path, text)?)
}
