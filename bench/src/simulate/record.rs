//! What one transaction reads, with when, and what it writes.

use super::{
    clock::nanos_since,
    step::{Accesses, Key, Step},
};
use crate::everyone::Load;
use alloy_primitives::{Address, U256};
use anyhow::{Context as _, Result, ensure};
use lumio_executor::{Executed, Executor};
use lumio_state::{Fault, Overlay, StateKey, StateView, Value};
use lumio_types::Transaction;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    time::Instant,
};

/// Runs a transaction over a view that notes what is read, and keeps what it changes.
///
/// # Errors
/// When it fails, or asks for what is not simulated.
pub(super) fn record(
    load: &Load,
    executor: &Executor,
    transaction: &Transaction,
    overlay: &mut Overlay<impl StateView>,
    numbers: &mut HashMap<StateKey, Key>,
    nanos: f64,
) -> Result<(Step, Accesses)> {
    let view = Recording {
        state: &*overlay,
        began: Instant::now(),
        reads: RefCell::default(),
        asked_for_slots: Cell::new(false),
    };
    let executed = execute(load, executor, &view, transaction);
    let took = nanos_since(view.began).max(1.0);
    let asked = view.asked_for_slots.get();
    let reads = view.reads.into_inner();
    let mut executed = executed?;
    ensure!(!asked, "a scan of a contract's storage is not simulated");
    let mut number = |key: &StateKey| -> Key {
        let next = numbers.len();
        *numbers.entry(key.clone()).or_insert(next)
    };
    let writes = executed.writes.iter();
    let writes = writes.map(|(key, value)| (key.clone(), value.clone()));
    let writes: Vec<_> = writes.collect();
    let mut credits: Vec<(Address, U256)> = Vec::new();
    for (owner, wei) in &executed.credits {
        match credits.iter_mut().find(|(to, _)| to == owner) {
            Some((_, sum)) => *sum = sum.saturating_add(*wei),
            None => credits.push((*owner, *wei)),
        }
    }
    let added = credits
        .iter()
        .map(|(owner, _)| (number(&StateKey::Balance(*owner)), true));
    let added: Vec<_> = added.collect();
    let step = Step {
        nanos,
        reads: reads
            .iter()
            .map(|(key, at)| (number(key), (at / took).clamp(0.0, 1.0)))
            .collect(),
        writes: writes
            .iter()
            .map(|(key, _)| (number(key), false))
            .chain(added)
            .collect(),
    };
    let reads = reads.into_iter().map(|(key, _)| key).collect();
    executed.settle_on(overlay).context("a credit")?;
    let accesses = Accesses {
        reads,
        writes,
        credits,
    };
    Ok((step, accesses))
}

/// A view that notes what is read, and when.
struct Recording<'a, V> {
    state: &'a V,
    began: Instant,
    reads: RefCell<Vec<(StateKey, f64)>>,
    asked_for_slots: Cell<bool>,
}

impl<V: StateView> StateView for Recording<'_, V> {
    fn get(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        let at = nanos_since(self.began);
        self.reads.borrow_mut().push((key.clone(), at));
        self.state.get(key)
    }

    fn storage_slots(&self, owner: Address) -> Result<Vec<U256>, Fault> {
        self.asked_for_slots.set(true);
        self.state.storage_slots(owner)
    }
}

pub(super) fn execute(
    load: &Load,
    executor: &Executor,
    view: &dyn StateView,
    transaction: &Transaction,
) -> Result<Executed> {
    let executed = executor.execute(view, &load.block, transaction)?;
    executed.check_supply(transaction)?;
    ensure!(executed.success, "failed: {:?}", executed.halt);
    Ok(executed)
}
