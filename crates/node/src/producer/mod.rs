//! Block production: one thread that alone moves the head.
//!
//! A block goes through `begin` (its context), `execute` (its transactions), `seal` (its header)
//! and `commit` (trie, disk, then everyone who waits). `order.rs` is how other threads reach the
//! producer, `clock.rs` and `settings.rs` are what a development chain lets users change.

mod begin;
mod clock;
mod commit;
mod execute;
mod order;
mod restore;
mod round;
mod seal;
mod settings;
mod waiting;

pub use clock::{Clock, ClockError};
pub use settings::{Schedule, Settings};

pub(crate) use begin::{context_after, extra_data, gas_target, next_base_fee_after};
pub(crate) use execute::{Executed, execute, execute_on};
pub(crate) use order::{ProducerGone, ProducerHandle};
pub(crate) use seal::unsealed;
pub(crate) use waiting::Waiting;

use crate::{chain::Chain, market::Market, pool::Pool};
use parking_lot::RwLock;
use restore::Remembered;
use round::Empty;
use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

/// Why a block could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ProduceError {
    /// Chain or database failed.
    #[error(transparent)]
    Chain(#[from] crate::chain::ChainError),
    /// The pool failed.
    #[error(transparent)]
    Pool(#[from] crate::pool::PoolError),
    /// The clock was set to an impossible time.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The node ends.
    #[error("the node is stopping: not all blocks were sealed")]
    Stopping,
    /// The header's number or gas left the range of 64 bits.
    #[error("the chain cannot be extended: {0} is out of range")]
    Range(&'static str),
}

/// What the producer's thread owns.
#[derive(Debug)]
pub(crate) struct Producer {
    chain: Arc<Chain>,
    pool: Arc<Pool>,
    market: Arc<Market>,
    waiting: Arc<Waiting>,
    /// Read by other threads, written by this one alone.
    settings: Arc<RwLock<Settings>>,
    /// What the settings were at genesis, for a reset.
    defaults: Settings,
    remembered: Vec<Remembered>,
    next_snapshot: u64,
    /// Set once the node ends; whatever takes long then gives up.
    stopping: Arc<AtomicBool>,
}

impl Producer {
    pub(crate) fn new(
        chain: Arc<Chain>,
        (pool, market): (Arc<Pool>, Arc<Market>),
        waiting: Arc<Waiting>,
        settings: Arc<RwLock<Settings>>,
        defaults: Settings,
    ) -> Self {
        Self {
            chain,
            pool,
            market,
            waiting,
            settings,
            defaults,
            remembered: Vec::new(),
            next_snapshot: 0,
            stopping: Arc::default(),
        }
    }

    /// Tells those who wait what became of their transaction so far, because no round is to come.
    fn release(&self) {
        let waiting = self.waiting.take();
        self.waiting
            .resolve(waiting, &Ok(None), &self.pool, &self.chain);
    }

    fn seals_at_once(&self) -> bool {
        self.settings.read().schedule.at_once
    }

    /// Whether the next block would have transactions, or somebody waits for it.
    fn has_work(&self) -> bool {
        !self.waiting.is_empty() || self.pool.has_work(self.pool.rules().base_fee)
    }

    fn interval(&self) -> Option<Duration> {
        self.settings.read().schedule.interval
    }
}
