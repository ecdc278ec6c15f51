//! The transactions of one lane.
//!
//! Those whose nonces follow on the account's are executable, the rest wait behind a gap.

use crate::pool::{Lane, PoolError, entry::Entry};
use alloy_primitives::U256;
use std::collections::BTreeMap;

/// What the pool knows of a sender at the newest block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SenderAccount {
    /// The next nonce.
    pub nonce: u64,
    /// Wei.
    pub balance: U256,
}

/// How many transactions of a kind a sender may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct SenderLimits {
    pub(super) total: usize,
    pub(super) queued: usize,
}

#[derive(Debug)]
pub(super) struct Sender {
    account: SenderAccount,
    entries: BTreeMap<u64, Entry>,
    /// The first nonce from the account's on that is missing.
    ready_until: u64,
    /// What the executable ones can cost together.
    ready_cost: U256,
}

impl Sender {
    pub(super) const fn new(account: SenderAccount) -> Self {
        Self {
            account,
            entries: BTreeMap::new(),
            ready_until: account.nonce,
            ready_cost: U256::ZERO,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn get(&self, nonce: u64) -> Option<&Entry> {
        self.entries.get(&nonce)
    }

    pub(super) const fn ready_until(&self) -> u64 {
        self.ready_until
    }

    pub(super) fn is_ready(&self, nonce: u64) -> bool {
        nonce < self.ready_until
    }

    pub(super) fn ready_count(&self) -> usize {
        let ready = self.ready_until.saturating_sub(self.account.nonce);
        usize::try_from(ready).unwrap_or(usize::MAX)
    }

    pub(super) fn queued_count(&self) -> usize {
        self.entries.len().saturating_sub(self.ready_count())
    }

    /// The executable ones, in order.
    pub(super) fn ready(&self) -> impl Iterator<Item = &Entry> {
        self.entries
            .range(..self.ready_until)
            .map(|(_, entry)| entry)
    }

    /// Those behind a gap, in order.
    pub(super) fn queued(&self) -> impl Iterator<Item = &Entry> {
        self.entries
            .range(self.ready_until..)
            .map(|(_, entry)| entry)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// Whether a transaction could be inserted, leaving everything as it is.
    pub(super) fn admits(&self, entry: &Entry, limits: SenderLimits) -> Result<(), PoolError> {
        let nonce = entry.nonce();
        if nonce < self.account.nonce {
            return Err(PoolError::NonceTooLow {
                next: self.account.nonce,
                nonce,
            });
        }
        self.affords(entry)?;
        if let Some(old) = self.entries.get(&nonce) {
            return if entry.outbids(old) {
                Ok(())
            } else {
                Err(PoolError::ReplacementUnderpriced)
            };
        }
        let queued = nonce != self.ready_until && self.queued_count() >= limits.queued;
        if queued || self.entries.len() >= limits.total {
            return Err(PoolError::AccountLimit);
        }
        Ok(())
    }

    fn affords(&self, entry: &Entry) -> Result<(), PoolError> {
        let balance = self.account.balance;
        let (nonce, cost) = (entry.nonce(), entry.cost);
        if cost > balance {
            return Err(PoolError::InsufficientFunds { balance, cost });
        }
        // Move's clients send many with a bound on gas far above what they use: there, it is enough
        // that each could be paid for.
        let is_evm = matches!(entry.lane, Lane::Evm(_));
        if nonce > self.ready_until || !is_evm {
            return Ok(());
        }
        let replaced = self.entries.get(&nonce).map_or(U256::ZERO, |old| old.cost);
        let queued = self.ready_cost.saturating_sub(replaced);
        let total = queued.saturating_add(cost);
        if total > balance {
            return Err(PoolError::InsufficientFundsQueued {
                balance,
                queued,
                cost,
            });
        }
        Ok(())
    }

    /// Inserts what [`admits`](Self::admits) let pass; returns what it replaced.
    pub(super) fn insert(&mut self, entry: Entry) -> Option<Entry> {
        let nonce = entry.nonce();
        let cost = entry.cost;
        let replaced = self.entries.insert(nonce, entry);
        if nonce < self.ready_until {
            let old = replaced.as_ref().map_or(U256::ZERO, |old| old.cost);
            self.ready_cost = self.ready_cost.saturating_sub(old).saturating_add(cost);
        }
        self.advance();
        replaced
    }

    /// Takes one out; those after it now wait behind a gap.
    pub(super) fn remove(&mut self, nonce: u64) -> Option<Entry> {
        let entry = self.entries.remove(&nonce)?;
        if nonce < self.ready_until {
            self.recount();
        }
        Some(entry)
    }

    pub(super) const fn set_balance(&mut self, balance: U256) {
        self.account.balance = balance;
    }

    /// Moves to another nonce; returns the entries that are used up.
    pub(super) fn set_nonce(&mut self, nonce: u64) -> Vec<Entry> {
        self.account.nonce = nonce;
        let rest = self.entries.split_off(&nonce);
        let used = std::mem::replace(&mut self.entries, rest);
        self.recount();
        used.into_values().collect()
    }

    fn recount(&mut self) {
        self.ready_until = self.account.nonce;
        self.ready_cost = U256::ZERO;
        self.advance();
    }

    fn advance(&mut self) {
        while let Some(entry) = self.entries.get(&self.ready_until) {
            self.ready_cost = self.ready_cost.saturating_add(entry.cost);
            self.ready_until = self.ready_until.saturating_add(1);
        }
    }
}
