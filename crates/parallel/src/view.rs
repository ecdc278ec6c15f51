//! The state before a batch of a block, as its run sees it.

use alloy_primitives::{Address, U256};
use lumio_block_stm::{Block as Parallel, KeyHash, Stopped, View};
use lumio_state::{AccountRecord, Fault, StateKey, StateView, Value, slots_after};
use std::cell::RefCell;

/// A view over the memory of a block. What stops a read stops the run: it is kept aside, so that
/// nobody in between can take it for anything else.
pub(crate) struct Speculative<'a, 'b, B: Parallel, V> {
    view: &'a View<'b, B>,
    base: &'a V,
    stopped: RefCell<Option<Stopped<B>>>,
}

impl<'a, 'b, B, V> Speculative<'a, 'b, B, V>
where
    B: Parallel<Key = StateKey, Value = Option<Value>>,
{
    pub(crate) fn new(view: &'a View<'b, B>, base: &'a V) -> Self {
        Self {
            view,
            base,
            stopped: RefCell::default(),
        }
    }

    /// What stopped a read, if anything did.
    pub(crate) fn take_stopped(&self) -> Option<Stopped<B>> {
        self.stopped.take()
    }

    /// The value of a key whose hash is known.
    pub(crate) fn read(&self, hash: KeyHash, key: &StateKey) -> Result<Option<Value>, Fault> {
        let value = self.view.read_hashed(hash, key);
        value.or_else(|stopped| self.stop(stopped))
    }

    fn stop<R>(&self, stopped: Stopped<B>) -> Result<R, Fault> {
        self.stopped.borrow_mut().get_or_insert(stopped);
        Err(Fault::Retry)
    }
}

impl<B, V> StateView for Speculative<'_, '_, B, V>
where
    B: Parallel<Key = StateKey, Value = Option<Value>>,
    V: StateView,
{
    fn get(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        self.read(self.view.hash(key), key)
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
        let written = written.iter().map(|(key, value)| (key, value));
        Ok(slots_after(slots, owner, written))
    }
}
