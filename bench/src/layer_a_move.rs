//! Layer A for Move: the executor alone, in memory, on one thread; with the signatures checked
//! before, or within the measured time. Transfers of a fungible asset also on an Aptos-derived VM.

use crate::{
    aptos_vm::AptosVm,
    layer_a::{Timed, timed},
    move_chain::{
        Call, Carrier, MoveChain, MoveUser, compiled, framework, number, publication, type_of,
    },
    report::{Case, Report, micros_each, per_second},
    server::own_rss_mib,
    workload::partner,
};
use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;
use lumio_move_engine::{Address, ModuleId};
use lumio_move_transaction::object_address_from_seed;
use lumio_types::Transaction;
use std::{hint::black_box, path::PathBuf};

/// What each transaction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MoveWorkload {
    /// ETH as a coin, between users
    Coin,
    /// ETH as a fungible asset
    FaEth,
    /// A fungible asset that somebody has issued
    Fa,
    /// The same, from all users to one
    FaHot,
    /// A thousand rounds of arithmetic
    Compute,
    /// Forty accesses of items of a table
    Table,
    /// Ten objects that are made and transferred
    Object,
    /// The publication of the benchmarks' package
    Publish,
}

/// `bench move`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct MoveArgs {
    /// Workloads
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["coin", "fa-eth", "fa", "fa-hot", "compute", "table", "object", "publish"])]
    workload: Vec<MoveWorkload>,
    /// How often each is run, without and with checks of signatures in turn
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    /// Transactions in each case
    #[arg(long, default_value_t = 5_000)]
    transactions: usize,
    /// Accounts that send them, in turn; each number is measured
    #[arg(long, value_delimiter = ',', default_values_t = [USUAL])]
    senders: Vec<usize>,
    /// The library of the Aptos-derived VM; from npm, into a cache folder, when not given
    #[arg(long, value_name = "FILE", env = "APTOS_VM")]
    aptos_vm: Option<PathBuf>,
}

/// Units of the issued asset that each user starts with.
pub(crate) const UNITS: u64 = 1_000_000_000;
/// Gas units that a transaction may take.
pub(crate) const MAX_GAS: u64 = 1_000_000;
/// Accounts of which cases' names do not tell.
const USUAL: usize = 100;
/// Who runs the transactions, as results name it.
const LUMIO: &str = "lumio";
const SIGNED: &str = "lumio+signatures";
const PEER: &str = "aptos-derived-vm";

/// Runs the layer.
///
/// # Errors
/// When a transaction fails.
pub(crate) fn run(args: &MoveArgs, report: &mut Report) -> Result<()> {
    let peer = args.peer();
    let workloads = args.workload.iter();
    for (workload, senders) in workloads.flat_map(|it| args.senders.iter().map(move |of| (it, *of)))
    {
        let name = match senders {
            USUAL => workload.name().to_owned(),
            _ => format!("{}-{senders}-accounts", workload.name()),
        };
        for pair in 1..=args.pairs {
            for subject in [LUMIO, PEER, SIGNED] {
                let (count, timed, rss_mib) = if subject == PEER {
                    let Some(peer) = peer.as_ref().filter(|_| workload.is_peers()) else {
                        continue;
                    };
                    let run = peer
                        .measure(*workload, args.transactions, senders)
                        .with_context(|| format!("{name} on the {PEER}"))?;
                    (args.transactions, run.timed, run.rss_mib)
                } else {
                    let (count, timed) = workload
                        .measure(args.transactions, senders, subject == SIGNED)
                        .with_context(|| name.clone())?;
                    (count, timed, own_rss_mib()?)
                };
                report.add(Case {
                    case: name.clone(),
                    layer: "executor",
                    subject: subject.to_owned(),
                    pair,
                    transactions: count,
                    threads: 1,
                    tx_per_s: per_second(count, timed.wall),
                    cpu_us_per_tx: micros_each(timed.cpu, count),
                    rss_mib,
                    setting: format!("in memory, one block, {} gas", timed.gas),
                    ..Case::default()
                })?;
            }
        }
        report.compare(&name, LUMIO, PEER)?;
    }
    Ok(())
}

impl MoveArgs {
    /// The Aptos-derived VM if a workload is for it, and if it can be had.
    fn peer(&self) -> Option<AptosVm> {
        if !self.workload.iter().any(|it| it.is_peers()) {
            return None;
        }
        let peer = AptosVm::install(self.aptos_vm.as_deref());
        peer.inspect_err(|error| eprintln!("without the Aptos-derived VM: {error:#}"))
            .ok()
    }
}

impl MoveWorkload {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Coin => "move-coin",
            Self::FaEth => "move-fa-eth",
            Self::Fa => "move-fa",
            Self::FaHot => "move-fa-hot",
            Self::Compute => "move-compute",
            Self::Table => "move-table",
            Self::Object => "move-object",
            Self::Publish => "move-publish",
        }
    }

    /// Whether the Aptos-derived VM runs it, too.
    const fn is_peers(self) -> bool {
        matches!(self, Self::Fa | Self::FaHot)
    }

    /// Who sends the transaction of this number, and to whom.
    pub(crate) fn route(self, index: usize, users: usize) -> (usize, usize) {
        let from = index.checked_rem(users).unwrap_or(0);
        match self {
            Self::FaHot => (from, 0),
            _ => (from, partner(index, users)),
        }
    }

    fn measure(self, transactions: usize, senders: usize, checked: bool) -> Result<(usize, Timed)> {
        ensure!(
            transactions > 0 && senders > 1,
            "a workload needs transactions, and two senders"
        );
        let mut chain = MoveChain::new()?;
        let load = self.load(transactions, senders, &mut chain)?;
        let count = load.len();
        let MoveChain {
            executor,
            block,
            mut state,
            ..
        } = chain;
        let timed = timed(move || {
            let mut gas: u64 = 0;
            for carrier in &load {
                let decoded;
                let transaction = if checked {
                    decoded = Transaction::decode_signed(&carrier.raw)?;
                    &decoded
                } else {
                    &carrier.transaction
                };
                let executed = executor.execute(&state, &block, transaction)?;
                ensure!(executed.success, "failed: {:?}", executed.halt);
                gas = gas.saturating_add(executed.gas_used);
                black_box(executed.events.len());
                state.apply(executed.writes);
            }
            Ok((gas, (state, load)))
        })?;
        Ok((count, timed))
    }

    /// Brings the chain to where the workload begins, and signs its transactions.
    ///
    /// # Errors
    /// When something of it fails.
    pub(crate) fn load(
        self,
        transactions: usize,
        senders: usize,
        chain: &mut MoveChain,
    ) -> Result<Vec<Carrier>> {
        if self == Self::Publish {
            // Each package is another account's: some, because they are large.
            return (0..transactions.div_ceil(100))
                .map(|index| {
                    let mut user = MoveUser::new("publisher", index);
                    chain.fund(user.address);
                    user.call(publication(&compiled(user.address)?), MAX_GAS)
                })
                .collect();
        }
        chain.publish()?;
        let mut users: Vec<_> = (0..senders)
            .map(|index| MoveUser::new("user", index))
            .collect();
        let package = chain.owner.address;
        let addresses: Vec<Address> = users.iter().map(|user| user.address).collect();
        for address in &addresses {
            chain.fund(*address);
            let call = own(package, "mint", vec![address.0.to_vec(), number(UNITS)]);
            let carrier = chain.owner.call(call, MAX_GAS)?;
            chain.run(&carrier.transaction)?;
        }
        // Everybody has sent something before.
        let warm = users.len();
        let count = warm.saturating_add(transactions);
        let mut load = Vec::new();
        for index in 0..count {
            let (from, to) = self.route(index, users.len());
            let call = self.call(package, addresses.get(to).context("no users")?)?;
            let user = users.get_mut(from).context("no users")?;
            load.push(user.call(call, MAX_GAS)?);
        }
        for carrier in load.drain(..warm) {
            chain.run(&carrier.transaction)?;
        }
        Ok(load)
    }

    /// What one transaction calls.
    ///
    /// # Errors
    /// Never: the types are well-formed.
    pub(crate) fn call(self, package: Address, to: &Address) -> Result<Call> {
        let transfer = |asset: Address| transfer(asset, to);
        let to = to.0.to_vec();
        Ok(match self {
            Self::Coin => framework(
                "aptos_account",
                "transfer",
                vec![],
                vec![to.clone(), number(1)],
            ),
            Self::FaEth => transfer(Address::small(10))?,
            Self::Fa | Self::FaHot => transfer(object_address_from_seed(package, b"BENCH"))?,
            Self::Compute => own(package, "compute", vec![number(1_000)]),
            Self::Table => own(package, "tables", vec![number(10)]),
            Self::Object | Self::Publish => own(package, "objects", vec![to, number(10)]),
        })
    }
}

/// A transfer of one unit of a fungible asset.
///
/// # Errors
/// Never: the type is well-formed.
pub(crate) fn transfer(asset: Address, to: &Address) -> Result<Call> {
    let types = vec![type_of("0x1::fungible_asset::Metadata")?];
    let arguments = vec![asset.0.to_vec(), to.0.to_vec(), number(1)];
    Ok(framework(
        "primary_fungible_store",
        "transfer",
        types,
        arguments,
    ))
}

/// A call of the benchmarks' package.
pub(crate) fn own(package: Address, function: &'static str, arguments: Vec<Vec<u8>>) -> Call {
    Call {
        module: ModuleId::new(package, "work"),
        function,
        types: vec![],
        arguments,
    }
}
