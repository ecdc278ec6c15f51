//! A block really run in parallel, with a clock in each transaction: how much longer it takes
//! there than in order.

use super::trace::count_nanos;
use crate::everyone::Load;
use alloy_primitives::{Address, U256};
use lumio_block_stm::{Added, Block, Ran, Stopped, View};
use lumio_executor::{Executed, Executor};
use lumio_state::{Fault, StateKey, StateView, Value};
use lumio_types::Transaction;
use std::{cell::RefCell, mem, sync::atomic::AtomicU64, time::Instant};

/// Transactions over the state before them.
pub(super) struct Clocked<'a, V> {
    pub(super) load: &'a Load,
    pub(super) executor: &'a Executor,
    pub(super) block: &'a [Transaction],
    pub(super) state: &'a V,
    pub(super) follows: Vec<Option<usize>>,
    pub(super) sums: &'a [StateKey],
    /// Time within transactions, in ns.
    pub(super) inside: AtomicU64,
}

impl<V: StateView + Sync> Block for Clocked<'_, V> {
    type Key = StateKey;
    type Value = Option<Value>;
    type Delta = U256;
    type Output = Option<Executed>;
    type Error = Fault;

    fn len(&self) -> usize {
        self.block.len()
    }

    fn run(&self, number: usize, view: &View<'_, Self>) -> Result<Ran<Self>, Stopped<Self>> {
        let missing = || Stopped::Failed(Fault::Bug("no such transaction".into()));
        let transaction = self.block.get(number).ok_or_else(missing)?;
        let state = Speculative {
            view,
            stopped: RefCell::default(),
        };
        let began = Instant::now();
        let executed = self
            .executor
            .execute(&state, &self.load.block, transaction)
            .ok()
            .filter(|executed| executed.check_supply(transaction).is_ok());
        count_nanos(&self.inside, began);
        if let Some(stopped) = state.stopped.into_inner() {
            return Err(stopped);
        }
        let mut ran: Ran<Self> = Ran {
            writes: Vec::new(),
            added: Added::<Self>::new(),
            output: executed,
        };
        if let Some(executed) = &mut ran.output {
            ran.writes = mem::take(&mut executed.writes).into_iter().collect();
            for (owner, wei) in mem::take(&mut executed.credits) {
                let Some(sum) = view.sum(&StateKey::Balance(owner)) else {
                    continue;
                };
                match ran.added.iter_mut().find(|(to, _)| *to == sum) {
                    Some((_, so_far)) => *so_far = so_far.saturating_add(wei),
                    None => ran.added.push((sum, wei)),
                }
            }
        }
        Ok(ran)
    }

    fn base(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        self.state.get(key)
    }

    fn add(&self, value: &Option<Value>, wei: &U256) -> Result<Option<Value>, Fault> {
        let balance = value.as_ref().and_then(Value::as_word).unwrap_or_default();
        Ok(Some(Value::word(balance.saturating_add(*wei))))
    }

    fn sums(&self) -> &[StateKey] {
        self.sums
    }

    fn follows(&self, transaction: usize) -> Option<usize> {
        self.follows.get(transaction).copied().flatten()
    }
}

/// The state as a transaction sees it.
struct Speculative<'a, 'b, 'c, V: StateView + Sync> {
    view: &'a View<'b, Clocked<'c, V>>,
    stopped: RefCell<Option<Stopped<Clocked<'c, V>>>>,
}

impl<V: StateView + Sync> StateView for Speculative<'_, '_, '_, V> {
    fn get(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        self.view.read(key).map_err(|stopped| {
            self.stopped.borrow_mut().get_or_insert(stopped);
            Fault::Retry
        })
    }

    /// No workload asks for it.
    fn storage_slots(&self, _: Address) -> Result<Vec<U256>, Fault> {
        self.stopped.borrow_mut().get_or_insert(Stopped::NeedsOrder);
        Err(Fault::Retry)
    }
}
