//! Local fee markets: what many transactions contend for has a price of its own, so that a hot
//! spot does not raise everybody's fee.
//!
//! All of it is the producer's policy: which transactions of the pool it takes now, never which
//! blocks are valid. `key.rs` says what is contended for, `site.rs` what transactions have in
//! common that will write the same, `history.rs` remembers what they wrote, `price.rs` follows the
//! demand for one resource, `plan.rs` chooses. `docs/fee-markets.md` has reasons and figures.
//!
//! ```text
//! pool ──► choose: all, or by shares and prices ──► execute ──► learn: what was written, prices
//! ```
//!
//! **Invariant:** while the pool wants no more than a block's gas target, everything is taken, in
//! the pool's order; and a block never stays below its target while something waits.

mod history;
mod key;
mod memory;
mod plan;
mod price;
mod site;

pub use key::contended;
pub use memory::HotResource;

use crate::{pool::Pool, producer::gas_target};
use alloy_primitives::{Address, map::HashMap};
use lumio_state::{StateKey, WriteSet};
use lumio_types::Transaction;
use memory::Memory;
use parking_lot::Mutex;
use plan::Pressure;
use site::Site;
use std::sync::Arc;

/// A resource may take one part in so many of a block's gas target, whatever it bids.
const SHARES: u64 = 4;
/// All hot resources together may take one part in so many of it.
const HOT_SHARES: u64 = 2;

/// The prices of hot resources, and what they were learned from. Shared by the producer, the pool
/// and the servers. It ends with the process: a new one learns anew within a few blocks.
#[derive(Debug)]
pub struct Market {
    /// None where there are no local markets.
    memory: Option<Mutex<Memory>>,
}

/// What a block is to be made of.
#[derive(Debug, Default)]
pub struct Choice {
    /// In the order in which they are to run.
    pub candidates: Vec<Arc<Transaction>>,
    /// For each hot resource that somebody wants to write: how much of that found a place.
    pressure: HashMap<u64, Pressure>,
    /// Whether there was more demand than the block's target.
    contested: bool,
}

/// A transaction that was in a block.
#[derive(Debug, Clone, Copy)]
pub struct Included<'a> {
    /// The transaction.
    pub transaction: &'a Transaction,
    /// Gas that it used.
    pub gas: u64,
    /// What it wrote that others may contend for: [`contended`].
    pub keys: &'a [u64],
}

impl Market {
    /// A market that has learned nothing yet; or, if not enabled, none.
    pub fn new(enabled: bool) -> Self {
        Self {
            memory: enabled.then(|| Mutex::new(Memory::default())),
        }
    }

    /// What to make a block of, from the transactions of a pool that pay its base fee.
    pub fn choose(&self, pool: &Pool, base_fee: u64, gas_limit: u64) -> Choice {
        let memory = self.memory.as_ref().map(Mutex::lock);
        let Some(memory) = memory.filter(|memory| memory.is_awake()) else {
            return Choice {
                candidates: pool.best(base_fee, gas_limit),
                ..Choice::default()
            };
        };
        // All of them: hot ones may well be the dearest ten thousand.
        let offers = pool.offers(base_fee);
        let wishes: Vec<_> = offers.iter().map(|offer| memory.wish(offer)).collect();
        let plan = plan::plan(&wishes, &memory.prices(), gas_target(gas_limit));
        let candidate = |place: &usize| offers.get(*place).map(|it| Arc::clone(&it.transaction));
        Choice {
            candidates: plan.chosen.iter().filter_map(candidate).collect(),
            pressure: plan.pressure,
            contested: plan.contested,
        }
    }

    /// A block was made of a choice: `ran` in this order, with these changes in all.
    pub fn learn(&self, choice: &Choice, ran: &[Included<'_>], writes: &WriteSet, gas_limit: u64) {
        let Some(memory) = &self.memory else {
            return;
        };
        let share = gas_target(gas_limit) / SHARES;
        let mut memory = memory.lock();
        memory.learn(ran, writes, share);
        memory.settle(&choice.pressure, choice.contested, share);
        record(&memory);
    }

    /// The chain went back: what was learned of blocks that are gone is forgotten, with the rest.
    pub fn forget(&self) {
        if let Some(memory) = &self.memory {
            *memory.lock() = Memory::default();
        }
    }

    /// What a transaction must bid above the base fee to have its turn at what it is going to
    /// write, in wei for each gas, as far as that can be told beforehand.
    pub fn price_of(&self, transaction: &Transaction) -> u128 {
        let memory = self.memory.as_ref().map(Mutex::lock);
        memory
            .filter(|memory| memory.is_awake())
            .map_or(0, |memory| memory.price_of(transaction))
    }

    /// The same of a call of a contract.
    pub fn price_of_call(&self, from: Address, to: Option<Address>, input: &[u8]) -> u128 {
        let memory = self.memory.as_ref().map(Mutex::lock);
        memory.map_or(0, |memory| memory.price_at(Site::of_call(from, to, input)))
    }

    /// The same of whoever writes all of these.
    pub fn price_of_keys(&self, keys: &[StateKey]) -> u128 {
        let memory = self.memory.as_ref().map(Mutex::lock);
        memory.map_or(0, |memory| memory.price_of_keys(keys))
    }

    /// The highest price of what is Move's.
    pub fn dearest_of_move(&self) -> u128 {
        let memory = self.memory.as_ref().map(Mutex::lock);
        memory.map_or(0, |memory| memory.dearest_of_move())
    }

    /// All hot resources, the dearest first.
    pub fn resources(&self) -> Vec<HotResource> {
        let memory = self.memory.as_ref().map(Mutex::lock);
        memory.map_or_else(Vec::new, |memory| memory.resources())
    }
}

fn record(memory: &Memory) {
    let (hot, waiting) = memory.size();
    // Gauges are floating-point; the counts stay far below 2^53.
    #[allow(clippy::cast_precision_loss, clippy::as_conversions)]
    let gauge = |count: usize| count as f64;
    metrics::gauge!("lumio_hot_resources").set(gauge(hot));
    metrics::gauge!("lumio_hot_waiting").set(gauge(waiting));
}
