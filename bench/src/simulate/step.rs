//! What one transaction, or a batch of them, does to the state.

use alloy_primitives::{Address, U256};
use lumio_state::{StateKey, Value};

/// A key of a block, by number.
pub(super) type Key = usize;

/// A transaction that ran in order.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// How long it ran, in ns.
    pub(super) nanos: f64,
    /// What it read, each with when: as a fraction of its time.
    pub(super) reads: Vec<(Key, f64)>,
    /// What it wrote, and whether it only added there.
    pub(super) writes: Vec<(Key, bool)>,
}

/// Reads and writes of a transaction as they were.
#[derive(Debug, Default)]
pub(super) struct Accesses {
    pub(super) reads: Vec<StateKey>,
    pub(super) writes: Vec<(StateKey, Option<Value>)>,
    pub(super) credits: Vec<(Address, U256)>,
}
