//! Layer C for Move: end to end over Aptos' REST API, with transactions in BCS.

use crate::{
    layer_a_move::{MoveWorkload, UNITS, own},
    layer_c::{case_name, check_receipts, setting},
    load::{Confirm, Load, Style},
    move_chain::{Carrier, MoveChain, MoveUser, compiled, number, publication},
    report::{Case, Report, millis},
    server::{Data, Kind, Programs, Sealing, Server, own_cpu},
    setup::fund,
    workload::Size,
};
use anyhow::{Context as _, Result, ensure};
use lumio_move_engine::Address;

/// Gas units that a transaction may take.
const MAX_GAS: u64 = 10_000;
/// Gas units that the publication of the package may take.
const PUBLICATION_GAS: u64 = 2_000_000;

/// `bench rest`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct RestArgs {
    /// Workloads
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["coin", "fa"])]
    workload: Vec<MoveWorkload>,
    /// How often each is run
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    /// Seconds between blocks
    #[arg(long, default_value_t = 0.2, conflicts_with = "instant")]
    block_time: f64,
    /// Seal a block as soon as a transaction comes
    #[arg(long)]
    instant: bool,
    /// Keep data in memory; without this every block is committed to disk
    #[arg(long)]
    ephemeral: bool,
    /// Block gas limit
    #[arg(long, default_value_t = 1_000_000_000)]
    block_gas: u64,
    #[command(flatten)]
    size: Size,
    #[command(flatten)]
    style: Style,
    #[command(flatten)]
    programs: Programs,
}

/// Transactions that bring a chain to where a workload begins, in stages each of which must be in
/// a block before the next one is sent, and the workload.
struct Plan {
    users: Vec<MoveUser>,
    owner: MoveUser,
    setup: Vec<Vec<Carrier>>,
    load: Vec<Carrier>,
}

/// Fails early when a style makes no sense.
///
/// # Errors
/// When the API has no such way to submit or to wait.
pub(crate) fn check(args: &RestArgs) -> Result<()> {
    ensure!(
        args.style.confirm != Confirm::Sync,
        "--confirm sync is JSON-RPC's: over REST, use blocks or receipts"
    );
    ensure!(
        args.style.confirm != Confirm::Receipts || args.style.batch <= 1,
        "--confirm receipts asks for --batch 1: each request waits for its transaction"
    );
    ensure!(
        args.style.batch <= 100,
        "--batch: the API takes 100 transactions in a request"
    );
    ensure!(
        args.style.rate.is_none_or(|rate| rate > 0.0),
        "--rate must be above zero"
    );
    ensure!(
        !args.workload.contains(&MoveWorkload::Publish),
        "publication is measured by `bench move`"
    );
    Ok(())
}

/// Runs the layer.
///
/// # Errors
/// When the node cannot be started, or refuses or fails a transaction.
pub(crate) async fn run(args: &RestArgs, report: &mut Report) -> Result<()> {
    args.programs.find(Kind::Lumio)?;
    for workload in &args.workload {
        let plan = Plan::new(*workload, args.size)?;
        for pair in 1..=args.pairs {
            let case = measure(args, *workload, &plan, pair).await;
            report.add(case.with_context(|| workload.name())?)?;
        }
    }
    Ok(())
}

impl Plan {
    fn new(workload: MoveWorkload, size: Size) -> Result<Self> {
        ensure!(
            size.transactions > 0 && size.senders > 1,
            "a workload needs transactions, and two senders"
        );
        let mut owner = MoveUser::new("owner", 0);
        let package = owner.address;
        let users = (0..size.senders).map(|index| MoveUser::new("user", index));
        let mut users: Vec<_> = users.collect();
        let addresses: Vec<Address> = users.iter().map(|user| user.address).collect();
        let publish = owner.call(publication(&compiled(package)?), PUBLICATION_GAS)?;
        let mint = |address: &Address| {
            let arguments = vec![address.0.to_vec(), number(UNITS)];
            owner.call(own(package, "mint", arguments), MAX_GAS)
        };
        let mints = addresses.iter().map(mint).collect::<Result<Vec<_>>>()?;
        // Everybody has sent something before.
        let warm = users.len();
        let mut load = Vec::new();
        for index in 0..warm.saturating_add(size.transactions) {
            let sender = index.checked_rem(users.len()).unwrap_or(0);
            let next = sender.saturating_add(1).checked_rem(users.len());
            let target = match workload {
                MoveWorkload::FaHot => 0,
                _ => next.unwrap_or(0),
            };
            let call = workload.call(package, addresses.get(target).context("no users")?)?;
            let user = users.get_mut(sender).context("no users")?;
            load.push(user.call(call, MAX_GAS)?);
        }
        let warmth = load.drain(..warm).collect();
        Ok(Self {
            users,
            owner,
            setup: vec![vec![publish], mints, warmth],
            load,
        })
    }

    async fn prepare(&self, server: &Server, block_gas: u64) -> Result<()> {
        let owners = self.users.iter().chain([&self.owner]);
        let accounts: Vec<_> = owners.map(|user| MoveChain::ledger(user.address)).collect();
        fund(server, &accounts, block_gas).await?;
        let style = Style {
            connections: 1,
            batch: 1,
            inflight: 1_000,
            rate: None,
            confirm: Confirm::Blocks,
            poll_ms: 10,
        };
        for stage in &self.setup {
            let load = Load::over_rest(stage, 1, server.rest());
            let outcome = load.run(server.address(), &style).await?;
            check_receipts(server, &outcome, stage.len()).await?;
        }
        Ok(())
    }
}

async fn measure(
    args: &RestArgs,
    workload: MoveWorkload,
    plan: &Plan,
    pair: usize,
) -> Result<Case> {
    let sealing = if args.instant {
        Sealing::Instant
    } else {
        Sealing::Every(args.block_time)
    };
    let folder = tempfile::tempdir()?;
    let data = if args.ephemeral {
        Data::Ephemeral
    } else {
        Data::Folder(folder.path().join("data"))
    };
    let server = args.programs.start(Kind::Lumio, sealing, &data).await?;
    plan.prepare(&server, args.block_gas).await?;

    let load = Load::over_rest(&plan.load, plan.users.len(), server.rest());
    let cpu = (server.cpu()?, own_cpu()?);
    let mut outcome = load.run(server.address(), &args.style).await?;
    let server_cpu = server.cpu()?.saturating_sub(cpu.0);
    let generator = own_cpu()?.saturating_sub(cpu.1);
    let rss_mib = server.rss_mib()?;
    check_receipts(&server, &outcome, plan.load.len()).await?;

    Ok(Case {
        case: case_name(workload.name(), sealing, &args.style),
        layer: "rest",
        subject: Kind::Lumio.name().to_owned(),
        pair,
        transactions: plan.load.len(),
        tx_per_s: outcome.tx_per_s(),
        cpu_us_per_tx: outcome.micros_each(server_cpu),
        p50_ms: Some(outcome.p50()),
        p99_ms: Some(outcome.p99()),
        rss_mib,
        startup_ms: Some(millis(server.startup())),
        generator_us_per_tx: Some(outcome.micros_each(generator)),
        blocks: usize::try_from(outcome.blocks.1.saturating_sub(outcome.blocks.0)).ok(),
        setting: setting(sealing, &data, &args.style),
        ..Case::default()
    })
}
