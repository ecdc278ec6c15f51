//! One run: a node that is given the demand block by block, and what became of it.

use crate::{
    fees::{
        FeeArgs,
        demand::{Demand, GWEI},
    },
    signer::CHAIN_ID,
};
use alloy_consensus::Transaction as _;
use alloy_primitives::{B256, map::HashMap};
use anyhow::{Context, Result};
use lumio_node::{Config, Node};
use lumio_rpc::eth::{Backend, DevControl};
use serde::Serialize;
use std::sync::Arc;

/// One block of a run. Fees are in gwei for each gas.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Block {
    case: &'static str,
    /// Whether there were local fee markets.
    pub(super) local: bool,
    pub(super) block: u64,
    pub(super) base_fee: f64,
    /// The price of the mint that this block's callers had to bid.
    pub(super) local_price: f64,
    pub(super) gas_used: u64,
    pub(super) mint_gas: u64,
    pub(super) mints: usize,
    /// The lowest bid of the mint's callers that got in.
    pub(super) lowest_mint: f64,
    pub(super) payments: usize,
    /// What payments cost on average, base fee and tip.
    pub(super) payment_fee: f64,
    /// Payments that were sent before this block: how many got in within so many blocks, in per
    /// cent.
    pub(super) within_1: f64,
    pub(super) within_2: f64,
    pub(super) within_5: f64,
}

/// A whole run.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Summary {
    case: &'static str,
    pub(super) local: bool,
    pub(super) blocks: usize,
    pub(super) first_base_fee: f64,
    pub(super) highest_base_fee: f64,
    pub(super) last_base_fee: f64,
    pub(super) highest_price: f64,
    pub(super) payment_fee: f64,
    pub(super) within_1: f64,
    pub(super) within_2: f64,
    pub(super) within_5: f64,
    pub(super) payments_sent: usize,
    pub(super) payments_in: usize,
    pub(super) mints_in: usize,
    /// Fees of all mints, in ether.
    pub(super) mint_fees: f64,
}

#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) blocks: Vec<Block>,
    pub(super) summary: Summary,
}

/// Starts a node, gives it the demand, and looks at its blocks.
///
/// # Errors
/// When the node does not start, or refuses what it is sent.
pub(super) async fn simulate(args: &FeeArgs, local: bool) -> Result<Outcome> {
    let demand = Demand::of(args)?;
    let folder = tempfile::tempdir()?;
    let genesis = folder.path().join("genesis.json");
    std::fs::write(&genesis, serde_json::to_vec(&demand.genesis())?)?;
    let node = Node::start(Config {
        datadir: folder.path().join("data"),
        ephemeral: true,
        eth_port: 0,
        no_aptos: true,
        no_solana: true,
        metrics_port: 0,
        no_mining: true,
        no_local_fees: !local,
        chain_id: Some(CHAIN_ID),
        gas_limit: args.gas_limit,
        genesis: Some(genesis),
        ..Config::default()
    })
    .await?;
    let backend = node.backend();
    let blocks = args.blocks.saturating_add(args.after);
    let work = tokio::task::spawn_blocking(move || Run::new(backend, local).whole(demand, blocks));
    let outcome = work.await?;
    node.stop().await?;
    outcome
}

struct Run {
    backend: Arc<dyn Backend>,
    local: bool,
    /// Payments with the block before which they were sent.
    sent: HashMap<B256, u64>,
    /// For each block, after how many blocks its payments were in.
    waits: Vec<Vec<u64>>,
    blocks: Vec<Block>,
    mint_fees: f64,
}

impl Run {
    fn new(backend: Arc<dyn Backend>, local: bool) -> Self {
        Self {
            backend,
            local,
            sent: HashMap::default(),
            waits: Vec::new(),
            blocks: Vec::new(),
            mint_fees: 0.0,
        }
    }

    fn whole(mut self, demand: Demand, blocks: u64) -> Result<Outcome> {
        let backend = Arc::clone(&self.backend);
        let dev = backend.dev().context("no development chain")?;
        dev.auto_impersonate(true)?;
        for block in 0..blocks {
            self.step(dev, demand, block)?;
        }
        Ok(self.finish(demand))
    }

    fn step(&mut self, dev: &dyn DevControl, demand: Demand, block: u64) -> Result<()> {
        let base_fee = self.backend.next_base_fee()?;
        for mint in demand.mints(block) {
            self.backend.send(mint)?;
        }
        for payment in demand.payments(block, base_fee) {
            let hash = self.backend.send(payment)?;
            self.sent.insert(hash, block);
        }
        let resources = self.backend.hot_resources().into_iter();
        let of_mint = resources.filter(|it| *it.owner == *Demand::mint().as_slice());
        let price = of_mint.map(|it| it.price).max().unwrap_or(0);
        let number = dev.mine(1, None)?;
        let number = *number.last().context("no block was sealed")?;
        self.waits.push(Vec::new());
        self.look(block, number, price)
    }

    fn look(&mut self, block: u64, number: u64, price: u128) -> Result<()> {
        let sealed = self.backend.block(number)?.context("no block")?;
        let receipts = self.backend.receipts(number)?.context("no receipts")?;
        let header = &sealed.header.header;
        let base_fee = header.base_fee_per_gas.unwrap_or_default();
        let mut shown = Block {
            case: "hot-mint-block",
            local: self.local,
            block,
            base_fee: gwei(base_fee.into()),
            local_price: gwei(price),
            gas_used: header.gas_used,
            ..Block::default()
        };
        let mut lowest = None;
        let mut fees = 0.0;
        for (transaction, receipt) in sealed.transactions.iter().zip(receipts.iter()) {
            let tip = self.backend.tip(transaction, base_fee).unwrap_or_default();
            let fee = gwei(u128::from(base_fee).saturating_add(tip));
            if transaction.envelope().to() == Some(Demand::mint()) {
                shown.mints = shown.mints.saturating_add(1);
                shown.mint_gas = shown.mint_gas.saturating_add(receipt.gas_used);
                self.mint_fees += fee * as_float(receipt.gas_used) / 1e9;
                lowest = Some(lowest.map_or(tip, |lowest: u128| lowest.min(tip)));
            } else if let Some(sent) = self.sent.remove(&transaction.hash()) {
                shown.payments = shown.payments.saturating_add(1);
                fees += fee;
                let place = usize::try_from(sent)?;
                let waits = self.waits.get_mut(place).context("sent before the start")?;
                waits.push(block.saturating_sub(sent).saturating_add(1));
            }
        }
        shown.lowest_mint = gwei(lowest.unwrap_or_default());
        shown.payment_fee = fees / as_float(shown.payments);
        self.blocks.push(shown);
        Ok(())
    }

    fn finish(mut self, demand: Demand) -> Outcome {
        let share = |waits: &[u64], most: u64, of: usize| {
            let within = waits.iter().filter(|wait| **wait <= most).count();
            100.0 * as_float(within) / as_float(of)
        };
        let each = usize::try_from(demand.payments).unwrap_or(usize::MAX);
        for (block, waits) in self.blocks.iter_mut().zip(&self.waits) {
            block.within_1 = share(waits, 1, each);
            block.within_2 = share(waits, 2, each);
            block.within_5 = share(waits, 5, each);
        }
        let all: Vec<u64> = self.waits.iter().flatten().copied().collect();
        let sent = all.len().saturating_add(self.sent.len());
        let of = |field: fn(&Block) -> f64| self.blocks.iter().map(field);
        let paid: f64 = self
            .blocks
            .iter()
            .filter(|block| block.payments > 0)
            .map(|block| block.payment_fee * as_float(block.payments))
            .sum();
        let summary = Summary {
            case: "hot-mint",
            local: self.local,
            blocks: self.blocks.len(),
            first_base_fee: of(|it| it.base_fee).next().unwrap_or(f64::NAN),
            highest_base_fee: of(|it| it.base_fee).fold(0.0, f64::max),
            last_base_fee: of(|it| it.base_fee).next_back().unwrap_or(f64::NAN),
            highest_price: of(|it| it.local_price).fold(0.0, f64::max),
            payment_fee: paid / as_float(all.len()),
            within_1: share(&all, 1, sent),
            within_2: share(&all, 2, sent),
            within_5: share(&all, 5, sent),
            payments_sent: sent,
            payments_in: all.len(),
            mints_in: self.blocks.iter().map(|it| it.mints).sum(),
            mint_fees: self.mint_fees,
        };
        Outcome {
            blocks: self.blocks,
            summary,
        }
    }
}

/// Wei in gwei, as reports show them.
#[allow(clippy::cast_precision_loss, reason = "reports round")]
fn gwei(wei: u128) -> f64 {
    wei as f64 / GWEI as f64
}

/// A count, as reports show it.
#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn as_float<T: TryInto<u64>>(count: T) -> f64 {
    count.try_into().unwrap_or(u64::MAX) as f64
}
