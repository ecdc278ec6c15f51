//! Layer A for Solana: the VM over the chain's journal, in memory, beside LiteSVM on the same
//! transactions; with and without their signatures.
//!
//! Both take a decoded transaction, hash its message, check its shape, take its fee, run it, and
//! keep what it changes. Both look for a replay; we also look for the blockhash among the recent ones,
//! which LiteSVM is told not to do. It checks a signature when it runs the transaction; we check
//! those of a batch on all threads before.

use crate::{
    report::{Case, Report, micros_each, per_second},
    server::{own_cpu, own_rss_mib},
    svm_chain::{MINT_TO, SvmChain, TRANSFER, make_account, make_mint, token},
    workload::partner,
};
use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;
use lumio_vm_svm::Verifier;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction::versioned::VersionedTransaction;
use std::{
    hint::black_box,
    num::NonZeroUsize,
    time::{Duration, Instant},
};

/// What each transaction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SvmWorkload {
    /// SOL from one user to another
    Sol,
    /// Tokens of SPL Token from one user to another
    Spl,
}

/// `bench svm`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SvmArgs {
    /// Workloads
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["sol", "spl"])]
    workload: Vec<SvmWorkload>,
    /// How often each is run, ours and LiteSVM's in turn
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    /// Transactions in each case
    #[arg(long, default_value_t = 20_000)]
    transactions: usize,
    /// Accounts that send them, in turn
    #[arg(long, default_value_t = 500)]
    senders: usize,
    /// Transactions whose signatures are checked together
    #[arg(long, default_value_t = 1_000)]
    batch: usize,
    /// Threads that check signatures
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

/// One run.
struct Run {
    wall: Duration,
    cpu: Duration,
    units: u64,
}

/// Runs the layer.
///
/// # Errors
/// When a transaction fails, or the two disagree on compute units.
pub(crate) fn run(args: &SvmArgs, report: &mut Report) -> Result<()> {
    ensure!(
        args.transactions > 0 && args.senders > 1 && args.batch > 0,
        "a workload needs transactions, and two senders"
    );
    for workload in &args.workload {
        for pair in 1..=args.pairs {
            for checked in [false, true] {
                let bed = Bed::new(*workload, args).with_context(|| workload.name(checked))?;
                let lite = bed.litesvm(checked)?;
                let ours = bed.lumio(checked, args)?;
                ensure!(
                    ours.units == lite.units,
                    "{} compute units here, and {} in LiteSVM",
                    ours.units,
                    lite.units
                );
                for (subject, run) in [("lumio", &ours), ("litesvm", &lite)] {
                    report.add(case(workload.name(checked), subject, pair, run, args)?)?;
                }
            }
        }
        for checked in [false, true] {
            report.compare(workload.name(checked), "lumio", "litesvm")?;
        }
    }
    Ok(())
}

fn case(name: &str, subject: &str, pair: usize, run: &Run, args: &SvmArgs) -> Result<Case> {
    let units = run.units / args.transactions as u64;
    Ok(Case {
        case: name.to_owned(),
        layer: "executor",
        subject: subject.to_owned(),
        pair,
        transactions: args.transactions,
        threads: 1,
        tx_per_s: per_second(args.transactions, run.wall),
        cpu_us_per_tx: micros_each(run.cpu, args.transactions),
        rss_mib: own_rss_mib()?,
        setting: format!("in memory, one block, {units} compute units each"),
        ..Case::default()
    })
}

impl SvmWorkload {
    const fn name(self, checked: bool) -> &'static str {
        match (self, checked) {
            (Self::Sol, false) => "sol-transfer",
            (Self::Sol, true) => "sol-transfer-signed",
            (Self::Spl, false) => "spl-transfer",
            (Self::Spl, true) => "spl-transfer-signed",
        }
    }
}

/// A chain, and transactions for it.
struct Bed {
    chain: SvmChain,
    load: Vec<VersionedTransaction>,
}

impl Bed {
    fn new(workload: SvmWorkload, args: &SvmArgs) -> Result<Self> {
        let mut chain = SvmChain::new()?;
        let users = (0..args.senders).map(|number| chain.user(number));
        let users = users.collect::<Result<Vec<_>>>()?;
        let accounts = match workload {
            SvmWorkload::Sol => users.iter().map(Keypair::pubkey).collect(),
            SvmWorkload::Spl => token_accounts(&mut chain, &users)?,
        };
        let load = (0..args.transactions).map(|number| {
            let from = number % args.senders;
            let to = partner(number, args.senders);
            let user = users.get(from).context("no sender")?;
            let (from, to) = (accounts.get(from), accounts.get(to));
            let (from, to) = from.zip(to).context("no account")?;
            let amount = number as u64 + 1;
            let instruction = match workload {
                SvmWorkload::Sol => system::transfer(from, to, amount),
                SvmWorkload::Spl => token(TRANSFER, [from, to, &user.pubkey()], amount),
            };
            chain.sign(&[instruction], &[user])
        });
        let load = load.collect::<Result<Vec<_>>>()?;
        Ok(Self { chain, load })
    }

    fn litesvm(&self, checked: bool) -> Result<Run> {
        let mut lite = self.chain.litesvm(checked)?;
        // It takes them away from whoever has them.
        let load = self.load.clone();
        let mut units = 0_u64;
        let (cpu, began) = (own_cpu()?, Instant::now());
        for transaction in load {
            let sent = lite.send_transaction(transaction);
            let sent = sent.map_err(|failed| anyhow::anyhow!("LiteSVM: {failed:?}"))?;
            units = units.saturating_add(sent.compute_units_consumed);
            black_box(&sent.logs);
        }
        let (wall, cpu) = (began.elapsed(), own_cpu()?.saturating_sub(cpu));
        Ok(Run { wall, cpu, units })
    }

    fn lumio(self, checked: bool, args: &SvmArgs) -> Result<Run> {
        let Self { mut chain, load } = self;
        let verifier = Verifier::default();
        let threads = NonZeroUsize::new(args.threads).context("no threads")?;
        let mut units = 0_u64;
        let (mut cpu, mut wall) = (Duration::ZERO, Duration::ZERO);
        for batch in load.chunks(args.batch) {
            let (before, began) = (own_cpu()?, Instant::now());
            if checked {
                let batch: Vec<_> = batch.iter().collect();
                let results = verifier.verify_all(&batch, threads);
                ensure!(results.iter().all(|holds| *holds), "a signature is wrong");
            }
            for transaction in batch {
                let transacted = chain.transact(transaction)?;
                ensure!(transacted.status.is_ok(), "failed: {:?}", transacted.logs);
                units = units.saturating_add(transacted.compute_units);
                black_box(&transacted.logs);
            }
            wall = wall.saturating_add(began.elapsed());
            cpu = cpu.saturating_add(own_cpu()?.saturating_sub(before));
            // Of what it has seen, LiteSVM remembers the last 32 transactions.
            chain.forget();
        }
        Ok(Run { wall, cpu, units })
    }
}

/// A token account for each user, with tokens in it.
fn token_accounts(chain: &mut SvmChain, users: &[Keypair]) -> Result<Vec<Pubkey>> {
    let payer = users.first().context("no users")?;
    let mint = SvmChain::stranger(users.len());
    let mint_key = mint.pubkey();
    chain.send(&make_mint(&payer.pubkey(), &mint_key), &[payer, &mint])?;
    let mut accounts = Vec::with_capacity(users.len());
    for (number, user) in (1..).zip(users) {
        let account = SvmChain::stranger(users.len() + number);
        let key = account.pubkey();
        let owner = user.pubkey();
        let mut instructions = make_account(&payer.pubkey(), &key, &mint_key, &owner).to_vec();
        let signer = payer.pubkey();
        instructions.push(token(MINT_TO, [&mint_key, &key, &signer], 1 << 40));
        chain.send(&instructions, &[payer, &account])?;
        accounts.push(key);
    }
    Ok(accounts)
}
