//! The second step of a block: its transactions, over the state so far, as if one after another.
//!
//! A transaction that cannot be in a block is dropped with its reason. None stops the block.

use crate::chain::{Chain, ChainError, Kept, Supply, move_changes};
use alloy_consensus::Transaction as _;
use alloy_primitives::{
    B256,
    map::{HashMap, HashSet},
};
use lumio_executor::{BlockContext, ExecuteError};
use lumio_parallel::{Ran, Refused};
use lumio_state::{Fault, Overlay, WriteSet};
use lumio_storage::{Snapshot, View};
use lumio_types::{AccountId, CARRIER, Carried, Event, Receipt, Transaction};
use std::{iter::Peekable, sync::Arc};

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
    /// For each transaction, what it wrote that others may contend for, as
    /// [`contended`](crate::market::contended) names it.
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
    chain: &Chain,
    snapshot: &Snapshot,
    context: &BlockContext,
    candidates: Vec<Arc<Transaction>>,
) -> Result<Executed, ChainError> {
    let head = snapshot.head().ok_or(ChainError::NoGenesis)?;
    let base = snapshot.state_at(head.number)?;
    execute_on(chain, base, &snapshot.edits(), context, candidates)
}

/// The same on any state, with the edits that the block begins with.
///
/// # Errors
/// When the state cannot be read.
pub(crate) fn execute_on(
    chain: &Chain,
    base: View,
    edits: &WriteSet,
    context: &BlockContext,
    candidates: Vec<Arc<Transaction>>,
) -> Result<Executed, ChainError> {
    let mut block = Assembly::begin(base, edits, chain, context)?;
    let mut candidates = candidates.into_iter().peekable();
    while candidates.peek().is_some() {
        let together = block.choose(&mut candidates);
        block.run(together)?;
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
    chain: &'a Chain,
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
        chain: &'a Chain,
        context: &'a BlockContext,
    ) -> Result<Self, ChainError> {
        let mut supply = Supply::of(&base)?;
        supply.count(&base, edits)?;
        let mut state = Overlay::new(base);
        state.apply(edits.clone());
        let begun = chain.executor().begin_block_with_events(&state, context)?;
        let changes = vec![move_changes(&begun.writes)];
        state.apply(begun.writes);
        Ok(Self {
            chain,
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

    /// The next candidates that surely fit into the block together, whatever gas each of them
    /// uses. One that does not even fit alone is passed over.
    fn choose(
        &mut self,
        candidates: &mut Peekable<impl Iterator<Item = Arc<Transaction>>>,
    ) -> Vec<Arc<Transaction>> {
        let free = self.context.gas_limit.saturating_sub(self.gas_used);
        let mut left = free;
        let mut together = Vec::new();
        while let Some(candidate) = candidates.peek() {
            let gas = candidate.envelope().gas_limit();
            if senders(candidate).any(|sender| self.passed_over.contains(&sender)) {
                candidates.next();
            } else if gas > free {
                self.passed_over.extend(senders(candidate));
                candidates.next();
            } else if gas > left {
                break;
            } else {
                left = left.saturating_sub(gas);
                together.extend(candidates.next());
            }
        }
        together
    }

    /// Runs candidates and takes those into the block that can be there.
    fn run(&mut self, candidates: Vec<Arc<Transaction>>) -> Result<(), ChainError> {
        let run = self.chain.run(&self.state, self.context, &candidates)?;
        // Of a key that several wrote, the last value.
        let writes: HashMap<_, _> = run.writes.into_iter().flatten().collect();
        self.supply.count(&self.state, &writes)?;
        self.state.apply(writes);
        for (candidate, result) in candidates
            .into_iter()
            .zip(run.results.into_iter().flatten())
        {
            match result {
                Ok(ran) => self.keep(candidate, ran),
                Err(Refused::Execute(ExecuteError::Fault(Fault::Storage(error)))) => {
                    return Err(Fault::Storage(error).into());
                }
                Err(refused) => self.refuse(&candidate, &refused),
            }
        }
        Ok(())
    }

    fn refuse(&mut self, candidate: &Transaction, refused: &Refused) {
        // What comes after one that was left out has no place yet.
        let follows = senders(candidate).any(|sender| self.passed_over.contains(&sender));
        self.passed_over.extend(senders(candidate));
        let may_come_later = match refused {
            Refused::Execute(ExecuteError::Invalid(invalid)) => invalid.may_come_later,
            Refused::Execute(ExecuteError::Move(refusal)) => refusal.may_come_later(),
            Refused::Execute(ExecuteError::Solana(_)) => false,
            Refused::Execute(ExecuteError::Fault(_)) | Refused::Supply(_) => {
                tracing::error!(hash = %candidate.hash(), %refused, "transaction refused");
                false
            }
        };
        if !follows && !may_come_later {
            self.dropped.push((candidate.hash(), refused.to_string()));
        }
    }

    fn keep(&mut self, candidate: Arc<Transaction>, ran: Ran<Kept>) {
        let receipt = ran.executed.into_receipt(&candidate, self.gas_used);
        self.gas_used = receipt.cumulative_gas_used;
        self.receipts.push(receipt);
        self.transactions.push(Arc::unwrap_or_clone(candidate));
        self.changes.push(ran.kept.changes);
        self.contended.push(ran.kept.contended);
    }

    fn finish(self) -> Executed {
        let mut writes = self.state.into_writes();
        self.chain.executor().end_block(self.context, &mut writes);
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
