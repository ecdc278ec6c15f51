//! The transactions of a block, on several threads.
//!
//! `block` makes of them what `lumio-block-stm` runs, over a `view` that a transaction cannot tell
//! from the state before it; `hints` says which ones probably follow each other, by what is
//! declared and by what was learnt; `in_order` is for one thread and for blocks in which each one
//! follows another; `verify` runs them once more in order and compares.
//!
//! Fees are put aside by the executor, so that transactions that pay the same account do not meet.

mod block;
mod hints;
mod in_order;
mod verify;
mod view;

pub use block::{Block, BlockRun, Ran};
pub use in_order::run as in_order;
pub use lumio_block_stm::Counts;
pub use verify::Mismatch;

use block::Transactions;
use hints::History;
use lumio_block_stm::{Workers, in_parallel, is_chain};
use lumio_executor::{ExecuteError, Executed, SupplyError};
use lumio_state::{Fault, StateView};
use lumio_types::Transaction;
use parking_lot::Mutex;
use std::{borrow::Borrow, fmt, num::NonZeroUsize};

/// Bytes of a thread's stack: calls between machines nest.
const STACK: usize = 64 << 20;

/// Threads that run blocks, and what they have learnt of earlier ones. Shared by whoever does.
pub struct Threads {
    /// Threads beside the caller's.
    pool: Option<rayon::ThreadPool>,
    history: Mutex<History>,
}

impl Threads {
    /// So many threads, whoever asks for a block to be run being one of them.
    ///
    /// # Errors
    /// When the system does not give them.
    pub fn new(count: NonZeroUsize) -> std::io::Result<Self> {
        let beside = count.get().saturating_sub(1);
        let pool = (beside > 0).then(|| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(beside)
                .stack_size(STACK)
                .thread_name(|number| format!("execute-{number}"))
                .build()
        });
        Ok(Self {
            pool: pool.transpose().map_err(std::io::Error::other)?,
            history: Mutex::default(),
        })
    }

    /// How many threads there are.
    pub fn count(&self) -> usize {
        self.pool.as_ref().map_or(1, Workers::count)
    }

    /// Runs transactions one after another, or so that it cannot be told apart. `keep` takes what
    /// is to be kept of each one's writes, where it runs.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn run<V, T, K, F>(&self, block: &Block<'_, V, T>, keep: F) -> Result<BlockRun<K>, Fault>
    where
        V: StateView + Sync,
        T: Borrow<Transaction> + Sync,
        K: Send,
        F: Fn(&Transaction, &Executed) -> K + Sync,
    {
        let Some(pool) = &self.pool else {
            return in_order::run(block, keep);
        };
        let follows = self.history.lock().hints(block.transactions);
        if is_chain(&follows, self.count()) {
            return in_order::run(block, keep);
        }
        let transactions = Transactions::new(block, keep, follows)?;
        let run = BlockRun::from(in_parallel(&transactions, pool)?);
        let mut history = self.history.lock();
        let gave_up = run.counts.in_order > 0;
        history.learn(block.transactions, &run.repeated, gave_up, self.count());
        Ok(run)
    }

    /// For each transaction the last earlier one that it probably depends on.
    pub fn hints<T: Borrow<Transaction>>(&self, transactions: &[T]) -> Vec<Option<usize>> {
        self.history.lock().hints(transactions)
    }

    /// Learns from a block that ran elsewhere on so many threads, such as in a simulation.
    pub fn learn<T: Borrow<Transaction>>(
        &self,
        transactions: &[T],
        repeated: &[usize],
        gave_up: bool,
        threads: usize,
    ) {
        let mut history = self.history.lock();
        history.learn(transactions, repeated, gave_up, threads);
    }
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Threads")
            .field("count", &self.count())
            .finish_non_exhaustive()
    }
}

/// Why a transaction that ran cannot be in a block.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The executor does not let it.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
    /// It would make wei.
    #[error(transparent)]
    Supply(#[from] SupplyError),
}
