//! The second step of a block: its transactions, one after another over the state so far.
//!
//! A transaction that cannot be in a block is dropped with its reason. None stops the block.

use crate::{
    chain::{ChainError, Supply, move_changes},
    market::contended,
};
use alloy_consensus::Transaction as _;
use alloy_primitives::{B256, map::HashSet};
use lumio_executor::{BlockContext, ExecuteError, Executed as Outcome, Executor};
use lumio_state::{Fault, Overlay, StateKey, WriteSet};
use lumio_storage::{Snapshot, View};
use lumio_types::{AccountId, CARRIER, Carried, Event, Receipt, Transaction};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// What running transactions came to.
#[derive(Debug, Default)]
pub(crate) struct Executed {
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) receipts: Vec<Receipt>,
    pub(crate) gas_used: u64,
    /// What the block changes, pending edits included.
    pub(crate) writes: WriteSet,
    /// What the block's beginning and each transaction changed in Move's state; with the balances
    /// that a Move transaction changed.
    pub(crate) changes: Vec<WriteSet>,
    /// For each transaction, what it wrote that others may contend for: [`contended`].
    pub(crate) contended: Vec<Vec<u64>>,
    /// What the block's beginning announced.
    pub(crate) beginning: Vec<Event>,
    /// Transactions that no block can contain, with the reason.
    pub(crate) dropped: Vec<(B256, String)>,
}

/// Runs transactions, best first, on a snapshot's head until the block is full.
///
/// # Errors
/// When the state cannot be read.
pub(crate) fn execute(
    snapshot: &Snapshot,
    executor: &Executor,
    context: &BlockContext,
    candidates: Vec<Arc<Transaction>>,
) -> Result<Executed, ChainError> {
    let head = snapshot.head().ok_or(ChainError::NoGenesis)?;
    let base = snapshot.state_at(head.number)?;
    let mut block = Assembly::begin(base, &snapshot.edits(), executor, context)?;
    for candidate in candidates {
        block.consider(&candidate)?;
    }
    Ok(block.finish())
}

/// The accounts whose transactions have an order among themselves that this one is part of: the
/// sender, unless that is the one without nonces, and the sender of what it carries, unless that
/// has no place in an order.
fn senders(transaction: &Transaction) -> impl Iterator<Item = AccountId> {
    let sender = transaction.sender();
    let outer = (sender != CARRIER).then(|| AccountId::from_evm(sender));
    let inner = match transaction.carried() {
        Some(inner @ Carried::Move(moving)) if moving.signed.raw.payload.nonce().is_none() => {
            Some(inner.sender())
        }
        Some(Carried::Move(_) | Carried::Solana(_)) | None => None,
    };
    outer.into_iter().chain(inner)
}

/// A block in the making.
struct Assembly<'a> {
    executor: &'a Executor,
    context: &'a BlockContext,
    state: Overlay<View>,
    supply: Supply,
    gas_used: u64,
    transactions: Vec<Transaction>,
    receipts: Vec<Receipt>,
    changes: Vec<WriteSet>,
    contended: Vec<Vec<u64>>,
    beginning: Vec<Event>,
    dropped: Vec<(B256, String)>,
    /// Senders of whom one was left out: their later nonces cannot run.
    passed_over: HashSet<AccountId>,
}

impl<'a> Assembly<'a> {
    fn begin(
        base: View,
        edits: &WriteSet,
        executor: &'a Executor,
        context: &'a BlockContext,
    ) -> Result<Self, ChainError> {
        let mut supply = Supply::of(&base)?;
        supply.count_edits(&base, edits)?;
        let mut state = Overlay::new(base);
        state.apply(edits.clone());
        let begun = executor.begin_block_with_events(&state, context)?;
        let changes = vec![move_changes(&begun.writes)];
        state.apply(begun.writes);
        Ok(Self {
            executor,
            context,
            state,
            supply,
            gas_used: 0,
            transactions: Vec::new(),
            receipts: Vec::new(),
            changes,
            contended: Vec::new(),
            beginning: begun.events,
            dropped: Vec::new(),
            passed_over: HashSet::default(),
        })
    }

    fn consider(&mut self, candidate: &Transaction) -> Result<(), ChainError> {
        if senders(candidate).any(|sender| self.passed_over.contains(&sender)) {
            return Ok(());
        }
        let left = self.context.gas_limit.saturating_sub(self.gas_used);
        if candidate.envelope().gas_limit() > left {
            self.passed_over.extend(senders(candidate));
            return Ok(());
        }
        match self.run(candidate) {
            Ok(outcome) => {
                let counted = self.supply.count(&self.state, &outcome.writes, candidate);
                match counted {
                    Ok(()) => self.keep(candidate, outcome),
                    Err(error) => {
                        tracing::error!(hash = %candidate.hash(), %error, "transaction refused");
                        self.refuse(candidate, error.to_string());
                    }
                }
            }
            Err(ExecuteError::Fault(Fault::Storage(error))) => {
                return Err(Fault::Storage(error).into());
            }
            Err(ExecuteError::Fault(error)) => {
                tracing::error!(hash = %candidate.hash(), %error, "transaction refused");
                self.refuse(candidate, error.to_string());
            }
            Err(ExecuteError::Invalid(invalid)) if invalid.may_come_later => {
                self.passed_over.extend(senders(candidate));
            }
            Err(ExecuteError::Move(refusal)) if refusal.may_come_later() => {
                self.passed_over.extend(senders(candidate));
            }
            Err(error) => self.refuse(candidate, error.to_string()),
        }
        Ok(())
    }

    /// Runs one transaction. A panic is a bug of ours, and is held against the transaction alone.
    fn run(&self, candidate: &Transaction) -> Result<Outcome, ExecuteError> {
        let run = || self.executor.execute(&self.state, self.context, candidate);
        catch_unwind(AssertUnwindSafe(run))
            .unwrap_or_else(|_| Err(ExecuteError::Fault(Fault::Bug("execution panicked".into()))))
    }

    fn refuse(&mut self, candidate: &Transaction, reason: String) {
        self.passed_over.extend(senders(candidate));
        self.dropped.push((candidate.hash(), reason));
    }

    fn keep(&mut self, candidate: &Transaction, outcome: Outcome) {
        let receipt = outcome.receipt(candidate, self.gas_used);
        self.gas_used = receipt.cumulative_gas_used;
        self.receipts.push(receipt);
        self.transactions.push(candidate.clone());
        let mut changes = move_changes(&outcome.writes);
        if outcome.carried.is_some() {
            let balances = outcome.writes.iter();
            let balances = balances.filter(|(key, _)| matches!(key, StateKey::Balance(_)));
            changes.extend(balances.map(|(key, value)| (key.clone(), value.clone())));
        }
        self.changes.push(changes);
        self.contended.push(contended(candidate, &outcome.writes));
        self.state.apply(outcome.writes);
    }

    fn finish(self) -> Executed {
        let mut writes = self.state.into_writes();
        self.executor.end_block(self.context, &mut writes);
        writes.extend(self.supply.write());
        Executed {
            transactions: self.transactions,
            receipts: self.receipts,
            gas_used: self.gas_used,
            writes,
            changes: self.changes,
            contended: self.contended,
            beginning: self.beginning,
            dropped: self.dropped,
        }
    }
}
