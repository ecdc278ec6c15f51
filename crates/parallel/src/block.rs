//! A block's transactions as the parallel scheduler runs them.

use crate::{Counts, Refused, view::Speculative};
use alloy_primitives::U256;
use lumio_block_stm::{Added, Block as Parallel, Outcome, Stopped, Values, View};
use lumio_executor::{BlockContext, ExecuteError, Executed, Executor};
use lumio_state::{Fault, StateKey, StateView, Value};
use lumio_types::Transaction;
use std::{
    borrow::Borrow,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
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
    /// What each transaction came to. One that cannot be in a block has changed nothing.
    pub results: Vec<Result<Ran<K>, Refused>>,
    /// What all of them together changed, in no order.
    pub writes: Vec<(StateKey, Option<Value>)>,
    /// What it took.
    pub counts: Counts,
    /// Transactions of which a run was for nothing.
    pub repeated: Vec<usize>,
}

/// A transaction that ran.
#[derive(Debug)]
pub struct Ran<K> {
    /// What it came to, but for its writes and credits: those are among the block's.
    pub executed: Box<Executed>,
    /// What the caller keeps of its writes.
    pub kept: K,
}

/// Transactions over the state before them, as the scheduler sees them.
pub(crate) struct Transactions<'b, V, T, F> {
    executor: Executor,
    block: &'b Block<'b, V, T>,
    keep: F,
    follows: Vec<Option<usize>>,
    /// The balances to which fees go.
    sums: Vec<StateKey>,
}

impl<'b, V: StateView, T, F> Transactions<'b, V, T, F> {
    /// # Errors
    /// When the state cannot be read.
    pub(crate) fn new(
        block: &'b Block<'b, V, T>,
        keep: F,
        follows: Vec<Option<usize>>,
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
            follows,
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

impl<V, T, K, F> Parallel for Transactions<'_, V, T, F>
where
    V: StateView + Sync,
    T: Borrow<Transaction> + Sync,
    K: Send,
    F: Fn(&Transaction, &Executed) -> K + Sync,
{
    type Key = StateKey;
    type Value = Option<Value>;
    type Delta = U256;
    type Output = Result<Ran<K>, Refused>;
    type Error = Fault;

    fn len(&self) -> usize {
        self.block.transactions.len()
    }

    fn run(
        &self,
        number: usize,
        view: &View<'_, Self>,
    ) -> Result<lumio_block_stm::Ran<Self>, Stopped<Self>> {
        let missing = || Stopped::Failed(Fault::Bug("no such transaction".into()));
        let transaction = self.block.transactions.get(number).ok_or_else(missing)?;
        let state = Speculative::new(view, self.block.state);
        let executed = execute(
            &self.executor,
            &state,
            self.block.context,
            transaction.borrow(),
        );
        if let Some(stopped) = state.stopped() {
            return Err(stopped);
        }
        Ok(match executed {
            Ok(mut executed) => {
                let kept = (self.keep)(transaction.borrow(), &executed);
                let (writes, added) = changes_of(&mut executed, view)?;
                let executed = Box::new(executed);
                lumio_block_stm::Ran {
                    writes,
                    added,
                    output: Ok(Ran { executed, kept }),
                }
            }
            Err(refused) => lumio_block_stm::Ran {
                writes: Vec::new(),
                added: Added::<Self>::new(),
                output: Err(refused),
            },
        })
    }

    fn base(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        self.block.state.get(key)
    }

    /// As the journal does at once: what would exceed 256 bits is not paid.
    fn add(&self, value: &Option<Value>, wei: &U256) -> Result<Option<Value>, Fault> {
        let balance = match value {
            None => U256::ZERO,
            Some(value) => value
                .as_word()
                .ok_or_else(|| Fault::Storage("a balance is not 32 bytes".into()))?,
        };
        Ok(match balance.checked_add(*wei) {
            Some(sum) => Some(Value::word(sum)),
            None => value.clone(),
        })
    }

    fn sums(&self) -> &[StateKey] {
        &self.sums
    }

    fn follows(&self, transaction: usize) -> Option<usize> {
        self.follows.get(transaction).copied().flatten()
    }
}

/// Takes out what a transaction writes, and what it adds to balances.
fn changes_of<B>(
    executed: &mut Executed,
    view: &View<'_, B>,
) -> Result<(Values<B>, Added<B>), Stopped<B>>
where
    B: Parallel<Key = StateKey, Value = Option<Value>, Delta = U256, Error = Fault>,
{
    let mut added: Added<B> = Added::<B>::new();
    for (owner, wei) in mem::take(&mut executed.credits) {
        let sum = view.sum(&StateKey::Balance(owner)).ok_or_else(|| {
            Stopped::Failed(Fault::Bug("a fee was put aside that may not be".into()))
        })?;
        match added.iter_mut().find(|(to, _)| *to == sum) {
            Some((_, so_far)) => *so_far = so_far.saturating_add(wei),
            None => added.push((sum, wei)),
        }
    }
    let writes = mem::take(&mut executed.writes);
    Ok((writes.into_iter().collect(), added))
}

impl<V, T, K, F> From<Outcome<Transactions<'_, V, T, F>>> for BlockRun<K>
where
    V: StateView + Sync,
    T: Borrow<Transaction> + Sync,
    K: Send,
    F: Fn(&Transaction, &Executed) -> K + Sync,
{
    fn from(outcome: Outcome<Transactions<'_, V, T, F>>) -> Self {
        Self {
            results: outcome.outputs,
            writes: outcome.writes,
            counts: outcome.counts,
            repeated: outcome.repeated,
        }
    }
}
