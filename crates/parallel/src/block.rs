//! A block's transactions as the parallel scheduler runs them: in batches.

use crate::{
    Counts, Refused,
    batch::{Batch, Credits, credited},
    history::Went,
    plan::Plan,
    view::Speculative,
};
use lumio_block_stm::{Block as Parallel, Outcome, Stopped, View};
use lumio_executor::{BlockContext, ExecuteError, Executed, Executor};
use lumio_state::{Fault, StateKey, StateView, Value};
use lumio_types::Transaction;
use std::{
    borrow::Borrow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

/// What is to be run.
#[derive(Debug)]
pub struct Block<'b, V, T> {
    /// The machines.
    pub executor: &'b Executor,
    /// The state before the first transaction.
    pub state: &'b V,
    /// What the transactions are told of the block.
    pub context: &'b BlockContext,
    /// The transactions, in order.
    pub transactions: &'b [T],
}

/// A block that ran.
#[derive(Debug)]
pub struct BlockRun<K> {
    /// What each transaction came to, in parts, as threads made them. One that cannot be in a
    /// block has changed nothing.
    pub results: Vec<Results<K>>,
    /// What they changed, in parts: where a key is in several, the last one has its value after
    /// the block.
    pub writes: Vec<Vec<(StateKey, Option<Value>)>>,
    /// What it took.
    pub counts: Counts,
    /// Batches of which a run was for nothing.
    pub repeated: Vec<usize>,
}

impl<K> BlockRun<K> {
    /// What can be learnt of it.
    pub fn went(&self) -> Went<'_> {
        Went {
            repeated: &self.repeated,
            gave_up: self.counts.in_order > 0,
        }
    }
}

/// What each of some transactions in a row came to.
pub type Results<K> = Vec<Result<Ran<K>, Refused>>;

/// A transaction that ran.
#[derive(Debug)]
pub struct Ran<K> {
    /// What it came to, but for its writes and credits: those are among the block's.
    pub executed: Executed,
    /// What the caller keeps of its writes.
    pub kept: K,
}

/// Batches of transactions over the state before them, as the scheduler sees them.
pub(crate) struct Batches<'b, V, T, F> {
    executor: Executor,
    block: &'b Block<'b, V, T>,
    keep: &'b F,
    plan: &'b Plan,
    /// The balances to which fees go.
    sums: Vec<StateKey>,
    /// Where to count the time within batches, in ns.
    clock: Option<&'b AtomicU64>,
}

impl<'b, V: StateView, T, F> Batches<'b, V, T, F> {
    /// # Errors
    /// When the state cannot be read.
    pub(crate) fn new(
        block: &'b Block<'b, V, T>,
        keep: &'b F,
        plan: &'b Plan,
        clock: Option<&'b AtomicU64>,
    ) -> Result<Self, Fault> {
        let executor = block
            .executor
            .deferring_credits(block.state, block.context)?;
        let sums = executor.deferred().iter().copied();
        Ok(Self {
            sums: sums.map(StateKey::Balance).collect(),
            executor,
            block,
            keep,
            plan,
            clock,
        })
    }
}

/// Runs one transaction. A panic is a bug of ours, and is held against the transaction alone.
pub(crate) fn execute(
    executor: &Executor,
    view: &dyn StateView,
    context: &BlockContext,
    transaction: &Transaction,
) -> Result<Executed, Refused> {
    let run = || executor.execute(view, context, transaction);
    let executed = catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(ExecuteError::Fault(Fault::Bug("execution panicked".into()))))?;
    executed.check_supply(transaction)?;
    Ok(executed)
}

impl<V, T, K, F> Batches<'_, V, T, F>
where
    V: StateView + Sync,
    T: Borrow<Transaction> + Sync,
    K: Send,
    F: Fn(&Transaction, &Executed) -> K + Sync,
{
    fn run_batch(
        &self,
        number: usize,
        view: &View<'_, Self>,
    ) -> Result<lumio_block_stm::Ran<Self>, Stopped<Self>> {
        let missing = || Stopped::Failed(Fault::Bug("no such batch".into()));
        let transactions = self.block.transactions.get(self.plan.batch(number));
        let transactions = transactions.ok_or_else(missing)?;
        let state = Speculative::new(view, self.block.state);
        let mut batch = Batch::new(view, &state, transactions.len());
        let mut results = Vec::with_capacity(transactions.len());
        for transaction in transactions {
            let transaction = transaction.borrow();
            let executed = execute(&self.executor, &batch, self.block.context, transaction);
            if let Some(stopped) = state.take_stopped() {
                return Err(stopped);
            }
            results.push(match executed {
                Ok(executed) if publishes(&executed) && !view.is_settled() => {
                    return Err(Stopped::NeedsOrder);
                }
                Ok(mut executed) => {
                    let kept = (self.keep)(transaction, &executed);
                    let taken = batch.take_changes(&mut executed);
                    if let Some(stopped) = state.take_stopped() {
                        return Err(stopped);
                    }
                    taken.map_err(Stopped::Failed)?;
                    Ok(Ran { executed, kept })
                }
                Err(refused) => Err(refused),
            });
        }
        Ok(batch.into_ran(results))
    }
}

/// Whether a transaction publishes modules. Code that was loaded is kept by the epoch of all code,
/// and never of a state that there is not: so modules that are published are seen by nobody before
/// all earlier transactions are done.
fn publishes(executed: &Executed) -> bool {
    let mut keys = executed.writes.keys();
    keys.any(|key| matches!(key, StateKey::MoveModule(..)))
}

impl<V, T, K, F> Parallel for Batches<'_, V, T, F>
where
    V: StateView + Sync,
    T: Borrow<Transaction> + Sync,
    K: Send,
    F: Fn(&Transaction, &Executed) -> K + Sync,
{
    type Key = StateKey;
    type Value = Option<Value>;
    type Delta = Credits;
    type Output = Results<K>;
    type Error = Fault;

    fn len(&self) -> usize {
        self.plan.len()
    }

    fn run(
        &self,
        number: usize,
        view: &View<'_, Self>,
    ) -> Result<lumio_block_stm::Ran<Self>, Stopped<Self>> {
        let began = self.clock.map(|clock| (clock, Instant::now()));
        let ran = self.run_batch(number, view);
        if let Some((clock, began)) = began {
            let nanos = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
            clock.fetch_add(nanos, Ordering::Relaxed);
        }
        ran
    }

    fn base(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        self.block.state.get(key)
    }

    fn add(&self, value: &Option<Value>, credits: &Credits) -> Result<Option<Value>, Fault> {
        credited(value.as_ref(), credits)
    }

    fn sums(&self) -> &[StateKey] {
        &self.sums
    }

    fn follows(&self, number: usize) -> impl Iterator<Item = usize> {
        self.plan.follows(number).into_iter()
    }

    fn batch(&self) -> usize {
        self.plan.size()
    }
}

impl<V, T, K, F> From<Outcome<Batches<'_, V, T, F>>> for BlockRun<K>
where
    V: StateView + Sync,
    T: Borrow<Transaction> + Sync,
    K: Send,
    F: Fn(&Transaction, &Executed) -> K + Sync,
{
    fn from(outcome: Outcome<Batches<'_, V, T, F>>) -> Self {
        Self {
            results: outcome.outputs,
            writes: outcome.writes,
            counts: outcome.counts,
            repeated: outcome.repeated,
        }
    }
}
