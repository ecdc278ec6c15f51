//! The crash test: load, `kill -9` at a random moment, restart on the same
//! folder, and a comparison with everything that was acknowledged.

mod drive;
mod ledger;

use crate::{
    http::Connection,
    server::{Data, Kind, Programs, Sealing, Server},
};
use anyhow::{Context, Result, bail};
use drive::Traffic;
use ledger::Ledger;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout_at};

/// Accounts that send.
const SENDERS: usize = 100;
/// Pause between two looks for new blocks and receipts.
const WITNESS_PAUSE: Duration = Duration::from_millis(10);
/// How long the last transactions may take into a block.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(10);

/// `bench crash`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct CrashArgs {
    /// How often the node is killed
    #[arg(long, default_value_t = 20)]
    rounds: usize,
    /// Transactions in a second
    #[arg(long, default_value_t = 1_000.0)]
    rate: f64,
    /// Seed of the random moments
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds between blocks
    #[arg(long, default_value_t = 0.1)]
    block_time: f64,
    /// Every so many rounds the node seals at once instead; 0: never
    #[arg(long, default_value_t = 3)]
    instant_every: usize,
    /// Longest time under load before a kill, in seconds
    #[arg(long, default_value_t = 3.0)]
    longest: f64,
    /// Data folder, which must not exist; a temporary one when not given
    #[arg(long, value_name = "DIR")]
    datadir: Option<PathBuf>,
    #[command(flatten)]
    programs: Programs,
}

/// Checks that passed and failed.
#[derive(Debug, Default)]
struct Tally {
    round: usize,
    passed: usize,
    failed: usize,
}

impl Tally {
    fn check(&mut self, what: &str, findings: &[String]) {
        if findings.is_empty() {
            self.passed = self.passed.saturating_add(1);
            return;
        }
        self.failed = self.failed.saturating_add(1);
        eprintln!("round {}: FAILED: {what}", self.round);
        for finding in findings.iter().take(5) {
            eprintln!("    {finding}");
        }
        if let Some(more) = findings.len().checked_sub(5).filter(|more| *more > 0) {
            eprintln!("    and {more} more");
        }
    }
}

/// Runs all rounds. The last line on standard output is `N passed, N failed`.
///
/// # Errors
/// When a check failed, or the node cannot be started at all.
pub(crate) async fn run(args: &CrashArgs) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let folder = match &args.datadir {
        Some(folder) if folder.exists() => bail!("{} exists already", folder.display()),
        Some(folder) => folder.clone(),
        None => scratch.path().join("data"),
    };
    let copy = scratch.path().join("copy");
    let mut tally = Tally::default();
    if let Err(error) = rounds(args, &folder, &copy, &mut tally).await {
        tally.check(
            "the node starts, answers and goes on",
            &[format!("{error:#}")],
        );
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed > 0 {
        bail!("the node lost or changed what it acknowledged, or misbehaved: see above");
    }
    Ok(())
}

async fn rounds(args: &CrashArgs, folder: &Path, copy: &Path, tally: &mut Tally) -> Result<()> {
    let program = args.programs.find(Kind::Lumio)?;
    let mut random = StdRng::seed_from_u64(args.seed);
    let mut ledger = Ledger::default();
    let mut traffic = None;
    for round in 1..=args.rounds {
        tally.round = round;
        let sealing = if args.instant_every > 0 && round % args.instant_every == 0 {
            Sealing::Instant
        } else {
            Sealing::Every(args.block_time)
        };
        let server = restart(args, folder, sealing, &mut ledger, tally).await?;
        let pause = Duration::from_secs_f64(random.random_range(0.3..args.longest.max(0.4)));
        let findings = load(args, server, &mut traffic, &mut ledger, pause).await?;
        tally.check("every valid transaction is taken", &findings);
        let findings = verify(&program, folder, copy)?;
        tally.check(
            "the root recomputed from scratch is the header's",
            &findings,
        );
        eprintln!(
            "round {round}: killed after {:.2} s of load ({}); {} blocks and {} receipts acknowledged so far, {} transactions open",
            pause.as_secs_f64(),
            sealing.label(),
            ledger.block_count(),
            ledger.receipt_count(),
            ledger.open_count(),
        );
    }
    let sealing = Sealing::Every(args.block_time);
    let server = restart(args, folder, sealing, &mut ledger, tally).await?;
    let findings = settle(&server, &mut ledger).await?;
    tally.check("every accepted transaction comes into a block", &findings);
    Ok(())
}

/// Waits until all that was ever accepted is in a block.
async fn settle(server: &Server, ledger: &mut Ledger) -> Result<Vec<String>> {
    let mut connection = Connection::open(server.address()).await?;
    let end = Instant::now() + SETTLE_TIMEOUT;
    while ledger.open_count() > 0 && Instant::now() < end {
        ledger.witness(&mut connection).await?;
        sleep(WITNESS_PAUSE).await;
    }
    Ok(match ledger.open_count() {
        0 => Vec::new(),
        open => vec![format!("{open} accepted transactions are in no block")],
    })
}

/// Starts the node on the folder and compares it with the ledger.
async fn restart(
    args: &CrashArgs,
    folder: &Path,
    sealing: Sealing,
    ledger: &mut Ledger,
    tally: &mut Tally,
) -> Result<Server> {
    let data = Data::Folder(folder.to_owned());
    let server = args.programs.start(Kind::Lumio, sealing, &data).await?;
    let mut connection = Connection::open(server.address()).await?;
    let findings = ledger.check(&mut connection).await?;
    tally.check("what was acknowledged is there", &findings);
    let findings = ledger.check_accepted(&mut connection).await?;
    tally.check("what was accepted is known", &findings);
    Ok(server)
}

/// Puts the node under load and kills it after `pause`. Returns what
/// the node should not have done.
async fn load(
    args: &CrashArgs,
    server: Server,
    traffic: &mut Option<Traffic>,
    ledger: &mut Ledger,
    pause: Duration,
) -> Result<Vec<String>> {
    let address = server.address();
    let mut control = Connection::open(address).await?;
    let traffic = match traffic {
        Some(traffic) => traffic,
        None => traffic.insert(Traffic::set_up(&mut control, SENDERS).await?),
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few thousand"
    )]
    let count = (args.rate * (pause.as_secs_f64() + 1.0)) as usize;
    let transactions = traffic.sign(&mut control, count).await?;
    let sender = tokio::spawn(drive::send(address, transactions, SENDERS, args.rate));
    let end = Instant::now() + pause;
    // The kill may come in the middle of an answer: then it was not
    // acknowledged.
    let witness = async {
        loop {
            ledger.witness(&mut control).await?;
            sleep(WITNESS_PAUSE).await;
        }
    };
    if let Ok(broken) = timeout_at(end, witness).await {
        let broken: Result<()> = broken;
        broken.context("the node failed before it was killed")?;
    }
    server.kill()?;
    let sent = sender.await??;
    let mut findings = sent.refusals;
    if sent.accepted.is_empty() {
        findings.push("the node took no transaction before it was killed".to_owned());
    }
    ledger.accept(sent.accepted);
    Ok(findings)
}

/// Has the node's own program recompute the root on a copy of the folder.
fn verify(program: &Path, folder: &Path, copy: &Path) -> Result<Vec<String>> {
    if copy.exists() {
        std::fs::remove_dir_all(copy)?;
    }
    copy_folder(folder, copy)?;
    let output = Command::new(program)
        .args(["db", "verify", "--datadir"])
        .arg(copy)
        .output()
        .with_context(|| format!("cannot run {}", program.display()))?;
    if output.status.success() {
        return Ok(Vec::new());
    }
    let text = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Ok(vec![format!("{}: {text}", output.status)])
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
