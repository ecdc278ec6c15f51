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

pub use block::{Block, BlockRun, Ran, Results};
pub use hints::Parties;
pub use history::Went;
pub use in_order::run as in_order;
pub use lumio_block_stm::Counts;
pub use plan::Plan;
pub use verify::Mismatch;

use block::Batches;
use hints::{Calls, Gathering, Party};
use history::History;
use lumio_block_stm::{Backoff, Run, Workers, in_parallel};
use lumio_executor::{ExecuteError, Executed, SupplyError};
use lumio_state::{Fault, StateView};
use lumio_types::Transaction;
use parking_lot::Mutex;
use smallvec::SmallVec;
use std::{
    borrow::Borrow,
    fmt,
    num::NonZeroUsize,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock, atomic::AtomicU64},
};

/// Bytes of a thread's stack: calls between machines nest.
const STACK: usize = 64 << 20;

/// Threads that run blocks, and what they have learnt of earlier ones. Shared by whoever does.
pub struct Threads {
    /// Threads beside the caller's.
    pool: Option<rayon::ThreadPool>,
    history: Mutex<Arc<History>>,
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
        let pool = self
            .pool
            .as_ref()
            .filter(|_| !block.transactions.is_empty());
        let Some(pool) = pool else {
            return in_order::run(block, keep);
        };
        let history = self.history();
        let gathering = gathering(&history, block.transactions);
        let (plan, batches, run) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        // All threads look parties up; who is done last makes of them what all then run. The others
        // wait for that, so that it must come to something.
        let begin = || {
            let planned = history.plan(gathering.parties(), self.count());
            let Some(plan) = plan.get_or_init(|| planned) else {
                return Ok(None);
            };
            let made = Batches::new(block, &keep, plan, None)?;
            Ok(Some(Run::new(batches.get_or_init(|| made), self.count())))
        };
        let panicked = |_| Some(Err(Fault::Bug("a plan panicked".into())));
        pool.on_each(&|| {
            let begun = catch_unwind(AssertUnwindSafe(|| gathering.work().then(begin)));
            if let Some(begun) = begun.unwrap_or_else(panicked) {
                run.get_or_init(|| begun);
            }
            if let Ok(Some(run)) = wait(|| run.get()) {
                run.work();
            }
        });
        let Some(run) = run.into_inner().transpose()?.flatten() else {
            return in_order::run(block, keep);
        };
        let run = BlockRun::from(run.finish()?);
        if let Some(Some(plan)) = plan.get() {
            self.learn(block.transactions, plan, &run.went(), self.count());
        }
        Ok(run)
    }

    fn history(&self) -> Arc<History> {
        Arc::clone(&self.history.lock())
    }

    /// What each of a block's transactions may have in common with others.
    pub fn parties<T: Borrow<Transaction>>(&self, transactions: &[T]) -> Parties {
        let history = self.history();
        let gathering = gathering(&history, transactions);
        gathering.work();
        gathering.into_parties()
    }

    /// How a block is divided among so many threads; not at all if one is as quick.
    pub fn plan(&self, parties: &Parties, threads: usize) -> Option<Plan> {
        self.history().plan(parties, threads)
    }

    /// Learns from how a block went on so many threads, for the blocks after it.
    pub fn learn<T: Borrow<Transaction>>(
        &self,
        transactions: &[T],
        plan: &Plan,
        went: &Went<'_>,
        threads: usize,
    ) {
        let mut history = self.history.lock();
        Arc::make_mut(&mut history).learn(transactions, plan, went, threads);
    }
}

/// A look-up of what transactions may have in common.
fn gathering<'t, T: Borrow<Transaction>>(
    history: &'t History,
    transactions: &'t [T],
) -> Gathering<'t, T, impl Fn(&T, &mut SmallVec<[Party; 8]>) -> Calls + use<'t, T>> {
    Gathering::new(transactions, |transaction, parties| {
        history.parties(transaction.borrow(), |party| parties.push(party))
    })
}

/// Waits for what another thread is about to make.
fn wait<R>(get: impl Fn() -> Option<R>) -> R {
    let mut backoff = Backoff::default();
    loop {
        if let Some(it) = get() {
            return it;
        }
        backoff.wait();
    }
}

/// Runs a block as planned, whatever would be quickest, and counts the time within its
/// transactions, in ns, of all threads: for measurements and comparisons.
///
/// # Errors
/// When the state cannot be read.
pub fn run_as_planned<V, T>(
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
    let batches = Batches::new(block, &keep_nothing, plan, Some(clock))?;
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
