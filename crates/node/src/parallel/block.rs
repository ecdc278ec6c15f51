//! A block's transactions as the parallel scheduler runs them.

use crate::{
    chain::{Supply, changes_of},
    market::contended,
    parallel::{Counts, Refused, view::Speculative},
};
use alloy_primitives::U256;
use lumio_block_stm::{Block, Outcome, Stopped, View, Write, Writes};
use lumio_executor::{BlockContext, ExecuteError, Executed, Executor};
use lumio_state::{Fault, StateKey, StateView, Value, WriteSet};
use lumio_types::Transaction;
use std::{
    borrow::Borrow,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// A block that ran.
#[derive(Debug)]
pub struct BlockRun {
    /// What each transaction came to. One that cannot be in a block has changed nothing.
    pub results: Vec<Result<Ran, Refused>>,
    /// What all of them together changed, in no order.
    pub writes: Vec<(StateKey, Option<Value>)>,
    /// What it took.
    pub counts: Counts,
    /// Transactions that ran more than once.
    pub repeated: Vec<usize>,
}

/// A transaction that ran.
#[derive(Debug)]
pub struct Ran {
    /// What it came to, but for its writes and credits: those are among the block's.
    pub executed: Executed,
    /// What it changed in Move's state; with the balances that a transaction of another machine's
    /// changed.
    pub changes: WriteSet,
    /// What it wrote that others may contend for, by the market's names: [`contended`].
    pub contended: Vec<u64>,
}

/// Transactions over the state before them.
pub(super) struct Transactions<'b, V, T> {
    executor: Executor,
    state: &'b V,
    context: &'b BlockContext,
    transactions: &'b [T],
    follows: Vec<Option<usize>>,
}

impl<'b, V: StateView + Sync, T: Borrow<Transaction> + Sync> Transactions<'b, V, T> {
    pub(super) fn new(
        executor: &Executor,
        state: &'b V,
        context: &'b BlockContext,
        transactions: &'b [T],
        follows: Vec<Option<usize>>,
    ) -> Self {
        Self {
            executor: executor.clone().deferring_credits(),
            state,
            context,
            transactions,
            follows,
        }
    }

    /// A panic is a bug of ours, and is held against the transaction alone.
    fn execute(
        &self,
        view: &dyn StateView,
        transaction: &Transaction,
    ) -> Result<Executed, Refused> {
        let run = || self.executor.execute(view, self.context, transaction);
        let executed = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
            Err(ExecuteError::Fault(Fault::Bug("execution panicked".into())))
        })?;
        Supply::check(view, &executed, transaction)?;
        Ok(executed)
    }
}

impl<V: StateView + Sync, T: Borrow<Transaction> + Sync> Block for Transactions<'_, V, T> {
    type Key = StateKey;
    type Value = Option<Value>;
    type Delta = U256;
    type Output = Result<Ran, Refused>;
    type Error = Fault;

    fn len(&self) -> usize {
        self.transactions.len()
    }

    fn run(
        &self,
        number: usize,
        view: &View<'_, Self>,
    ) -> Result<lumio_block_stm::Ran<Self>, Stopped<Self>> {
        let missing = || Stopped::Failed(Fault::Bug("no such transaction".into()));
        let transaction = self.transactions.get(number).ok_or_else(missing)?;
        let state = Speculative::new(view, self.state);
        let executed = self.execute(&state, transaction.borrow());
        if let Some(stopped) = state.stopped() {
            return Err(stopped);
        }
        Ok(match executed {
            Ok(mut executed) => {
                let changes = changes_of(&executed);
                let contended = contended(transaction.borrow(), &executed.writes);
                lumio_block_stm::Ran {
                    writes: writes_of::<Self>(&mut executed),
                    output: Ok(Ran {
                        executed,
                        changes,
                        contended,
                    }),
                }
            }
            Err(refused) => lumio_block_stm::Ran {
                writes: Vec::new(),
                output: Err(refused),
            },
        })
    }

    fn base(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        self.state.get(key)
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

    fn follows(&self, transaction: usize) -> Option<usize> {
        self.follows.get(transaction).copied().flatten()
    }
}

/// Takes out what a transaction writes.
fn writes_of<B>(executed: &mut Executed) -> Writes<B>
where
    B: Block<Key = StateKey, Value = Option<Value>, Delta = U256>,
{
    let credits = mem::take(&mut executed.credits).into_iter();
    let mut added: Vec<(StateKey, U256)> = Vec::new();
    for (owner, wei) in credits {
        let key = StateKey::Balance(owner);
        match added.iter_mut().find(|(to, _)| *to == key) {
            Some((_, sum)) => *sum = sum.saturating_add(wei),
            None => added.push((key, wei)),
        }
    }
    let writes = mem::take(&mut executed.writes).into_iter();
    let writes = writes.map(|(key, value)| (key, Write::Set(value)));
    let added = added.into_iter().map(|(key, wei)| (key, Write::Add(wei)));
    writes.chain(added).collect()
}

impl<V, T> From<Outcome<Transactions<'_, V, T>>> for BlockRun
where
    V: StateView + Sync,
    T: Borrow<Transaction> + Sync,
{
    fn from(outcome: Outcome<Transactions<'_, V, T>>) -> Self {
        Self {
            results: outcome.outputs,
            writes: outcome.writes,
            counts: outcome.counts,
            repeated: outcome.repeated,
        }
    }
}
