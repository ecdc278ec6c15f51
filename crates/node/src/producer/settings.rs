//! What decides when blocks are sealed and what their headers say.

use crate::producer::Clock;
use alloy_primitives::{Address, B256};
use std::time::Duration;

/// When blocks are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// As soon as there are transactions.
    pub at_once: bool,
    /// By the clock.
    pub interval: Option<Duration>,
}

/// Everything about the next block that a user of a development chain can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// When blocks are sealed.
    pub schedule: Schedule,
    /// Which time they have.
    pub clock: Clock,
    /// Who gets the tips.
    pub beneficiary: Address,
    /// Gas of a block.
    pub gas_limit: u64,
    /// The next block's base fee in place of the computed one, in wei.
    pub next_base_fee: Option<u64>,
    /// The next block's PREVRANDAO in place of the computed one.
    pub next_prev_randao: Option<B256>,
}

impl Settings {
    /// A block was sealed: what was set for it alone is used up.
    pub(crate) fn sealed(&mut self, timestamp: u64) {
        self.clock.sealed(timestamp);
        self.next_base_fee = None;
        self.next_prev_randao = None;
    }
}
