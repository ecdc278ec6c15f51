//! The state before a transaction of a block, as its run sees it.

use crate::parallel::block::Transactions;
use alloy_primitives::{Address, U256};
use lumio_block_stm::{Stopped, View};
use lumio_state::{AccountRecord, Fault, StateKey, StateView, Value};
use lumio_types::Transaction;
use std::{borrow::Borrow, cell::RefCell, collections::BTreeSet};

/// A view over the memory of a block. What stops a read stops the run: it is kept aside, so that
/// nobody in between can take it for anything else.
pub(super) struct Speculative<'a, 'b, V: StateView + Sync, T: Borrow<Transaction> + Sync> {
    view: &'a View<'a, Transactions<'b, V, T>>,
    base: &'b V,
    stopped: RefCell<Option<Stopped<Transactions<'b, V, T>>>>,
}

impl<'a, 'b, V: StateView + Sync, T: Borrow<Transaction> + Sync> Speculative<'a, 'b, V, T> {
    pub(super) fn new(view: &'a View<'a, Transactions<'b, V, T>>, base: &'b V) -> Self {
        Self {
            view,
            base,
            stopped: RefCell::default(),
        }
    }

    /// What stopped a read, if anything did.
    pub(super) fn stopped(self) -> Option<Stopped<Transactions<'b, V, T>>> {
        self.stopped.into_inner()
    }

    fn stop<R>(&self, stopped: Stopped<Transactions<'b, V, T>>) -> Result<R, Fault> {
        self.stopped.borrow_mut().get_or_insert(stopped);
        Err(Fault::Retry)
    }
}

impl<V: StateView + Sync, T: Borrow<Transaction> + Sync> StateView for Speculative<'_, '_, V, T> {
    fn get(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        self.view.read(key).or_else(|stopped| self.stop(stopped))
    }

    fn storage_slots(&self, owner: Address) -> Result<Vec<U256>, Fault> {
        let slots = self.base.storage_slots(owner)?;
        let record = self.record(owner)?.unwrap_or_default();
        if slots.is_empty() && record == AccountRecord::default() {
            // Without code, now and before the block, nothing has written to its storage: what is
            // created where ether was sent before asks for this, and need not wait.
            return Ok(slots);
        }
        let written = self
            .view
            .written(|key| matches!(key, StateKey::EvmStorage(account, _) if *account == owner));
        let written = match written {
            Ok(written) => written,
            Err(stopped) => return self.stop(stopped),
        };
        let mut slots: BTreeSet<U256> = slots.into_iter().collect();
        for (key, value) in written {
            if let StateKey::EvmStorage(_, slot) = key {
                match value {
                    Some(_) => slots.insert(slot),
                    None => slots.remove(&slot),
                };
            }
        }
        Ok(slots.into_iter().collect())
    }
}
