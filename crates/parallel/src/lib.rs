//! The transactions of a block, on several threads.
//!
//! `history` knows what transactions declare and what was learnt of earlier ones; `hints` says by
//! that which ones probably follow each other; and the `plan` puts neighbours together into
//! batches. `block` makes of those what `lumio-block-stm` runs: each `batch` one transaction after
//! another, over a `view` that they cannot tell from the state before them. `in_order` is for one
//! thread and for blocks in which each one follows another; `verify` runs them once more in order
//! and compares.
//!
//! Fees are put aside by the executor, so that transactions that pay the same account do not meet.

mod batch;
mod block;
mod hints;
mod history;
mod in_order;
mod plan;
mod verify;
mod view;

pub use block::{Block, BlockRun, Ran};
pub use hints::Parties;
pub use history::Went;
pub use in_order::run as in_order;
pub use lumio_block_stm::Counts;
pub use plan::Plan;
pub use verify::Mismatch;

use block::Batches;
use history::History;
use lumio_block_stm::{Workers, in_parallel};
use lumio_executor::{ExecuteError, Executed, SupplyError};
use lumio_state::{Fault, StateView};
use lumio_types::Transaction;
use parking_lot::Mutex;
use std::{borrow::Borrow, fmt, num::NonZeroUsize, sync::atomic::AtomicU64};

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
        let parties = self.parties(block.transactions);
        let Some(plan) = self.plan(&parties, self.count()) else {
            return in_order::run(block, keep);
        };
        let batches = Batches::new(block, keep, &plan, None)?;
        let run = BlockRun::from(in_parallel(&batches, pool)?);
        self.learn(block.transactions, &plan, &run.went(), self.count());
        Ok(run)
    }

    /// What each of a block's transactions may have in common with others.
    pub fn parties<T: Borrow<Transaction> + Sync>(&self, transactions: &[T]) -> Parties {
        let workers = self.pool.as_ref().map(|pool| pool as &dyn Workers);
        self.history.lock().parties(transactions, workers)
    }

    /// How a block is divided among so many threads; not at all if one is as quick.
    pub fn plan(&self, parties: &Parties, threads: usize) -> Option<Plan> {
        let apart = self.history.lock().wants_apart();
        Plan::new(parties.hints(), threads, apart)
    }

    /// Learns from how a block went on so many threads, for the blocks after it.
    pub fn learn<T: Borrow<Transaction>>(
        &self,
        transactions: &[T],
        plan: &Plan,
        went: &Went<'_>,
        threads: usize,
    ) {
        self.history.lock().learn(transactions, plan, went, threads);
    }
}

/// Runs a block by a plan, and counts the time within its transactions, in ns, of all threads.
///
/// # Errors
/// When the state cannot be read.
pub fn run_clocked<V, T>(
    block: &Block<'_, V, T>,
    plan: &Plan,
    workers: &dyn Workers,
    clock: &AtomicU64,
) -> Result<BlockRun<()>, Fault>
where
    V: StateView + Sync,
    T: Borrow<Transaction> + Sync,
{
    const fn keep_nothing(_: &Transaction, _: &Executed) {}
    let batches = Batches::new(block, keep_nothing, plan, Some(clock))?;
    Ok(in_parallel(&batches, workers)?.into())
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
