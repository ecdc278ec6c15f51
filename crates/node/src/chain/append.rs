//! Extending the chain by a block, and going back.

use crate::{
    chain::{
        Chain, ChainError, Filled,
        edits::{forget_edits, keep_genesis},
        limits::trie_limits,
        nodes::{StoredNodes, node_changes},
        updates::account_updates,
    },
    market::contended,
};
use alloy_consensus::Header;
use alloy_primitives::{Address, B256, address};
use lumio_executor::Executed;
use lumio_rpc::eth::ChainEvent;
use lumio_state::{EmptyView, Overlay, StateKey, StateView, Value, WriteSet, trie::StateTrie};
use lumio_storage::{BlockCommit, Database, Rewind, Snapshot, View};
use lumio_types::{Block, Event, Receipt, SealedHeader, Transaction};
use std::sync::Arc;

/// Its storage root is the header's `withdrawalsRoot` (OP Isthmus).
const MESSAGE_PASSER: Address = address!("4200000000000000000000000000000000000016");

/// Blocks of which it is announced that they are gone, at most.
const ANNOUNCED: usize = 1024;

/// What leads back to an earlier block.
struct WayBack {
    /// State values that differ there, as they are there.
    changes: WriteSet,
    /// The state there.
    target: Box<dyn StateView>,
}

/// A block but for the roots of its state.
#[derive(Debug)]
pub(crate) struct Unsealed {
    /// The header, without state root and withdrawals root.
    pub(crate) header: Header,
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) receipts: Vec<Receipt>,
    /// What the block changes, pending edits included.
    pub(crate) writes: WriteSet,
    /// What the block's beginning and each transaction changed in Move's state.
    pub(crate) changes: Vec<WriteSet>,
    /// What the block's beginning announced.
    pub(crate) beginning: Vec<Event>,
}

/// A block with the state that it leaves, nowhere stored.
#[derive(Debug, Clone)]
pub(crate) struct Sealed {
    pub(crate) block: Arc<Block>,
    pub(crate) receipts: Arc<Vec<Receipt>>,
    pub(crate) state: Arc<Overlay<View>>,
}

impl Chain {
    /// Seals a block on the head and commits it: when this returns, it is on disk. Returns
    /// what it changed, too. The state at block `keep` stays readable however old it is.
    ///
    /// # Errors
    /// When trie or database fail. The chain is then as before.
    pub(crate) fn append(
        &self,
        unsealed: Unsealed,
        keep: Option<u64>,
    ) -> Result<(Filled, WriteSet), ChainError> {
        let snapshot = self.snapshot();
        let mut trie = self.trie.lock();
        let committed = self.append_locked(&snapshot, &mut trie, unsealed, keep);
        if committed.is_err() {
            // The trie may hold half of the block.
            let head = snapshot.head_header().ok_or(ChainError::NoGenesis)?;
            *trie = StateTrie::open(head.header.state_root, trie_limits());
        }
        drop(trie);
        let (block, receipts, writes) = committed?;
        let filled = (Arc::new(block), Arc::new(receipts));
        self.recent.lock().put(filled.0.hash(), filled.clone());
        Ok((filled, writes))
    }

    fn append_locked(
        &self,
        snapshot: &Snapshot,
        trie: &mut StateTrie,
        unsealed: Unsealed,
        keep: Option<u64>,
    ) -> Result<(Block, Vec<Receipt>, WriteSet), ChainError> {
        let base = snapshot.latest_state();
        let updates = account_updates(&unsealed.writes, &base)?;
        let (root, nodes) = trie.apply_and_commit(&StoredNodes(snapshot), updates)?;
        let header = with_root(unsealed.header, root, snapshot, trie)?;
        let nodes = node_changes(nodes);
        let block = Block {
            header: SealedHeader::new(header),
            transactions: unsealed.transactions,
        };
        // A trace of this block starts from its edits.
        let meta = self.edits_of_commit(snapshot, block.number(), keep)?;
        self.database.commit(&BlockCommit {
            block: &block,
            receipts: &unsealed.receipts,
            writes: &unsealed.writes,
            changes: &unsealed.changes,
            beginning: &unsealed.beginning,
            nodes: &nodes,
            meta: &meta,
            keep,
        })?;
        self.forget_pending();
        Ok((block, unsealed.receipts, unsealed.writes))
    }

    /// Seals a block on the head without keeping it.
    ///
    /// # Errors
    /// When trie or database fail.
    pub(crate) fn seal_only(
        &self,
        unsealed: Unsealed,
        snapshot: &Snapshot,
    ) -> Result<Sealed, ChainError> {
        let base = snapshot.latest_state();
        let mut trie = self.trie_of(snapshot)?;
        let header = with_roots(
            unsealed.header,
            &unsealed.writes,
            &base,
            snapshot,
            &mut trie,
        )?;
        let mut state = Overlay::new(base);
        state.apply(unsealed.writes);
        Ok(Sealed {
            block: Arc::new(Block {
                header: SealedHeader::new(header),
                transactions: unsealed.transactions,
            }),
            receipts: Arc::new(unsealed.receipts),
            state: Arc::new(state),
        })
    }

    /// Puts the roots into the header of a made-up block that leaves these writes over the state
    /// of a real one.
    ///
    /// # Errors
    /// When that state is no longer kept, or trie or database fail.
    pub(crate) fn roots_on(
        &self,
        number: u64,
        header: Header,
        writes: &WriteSet,
    ) -> Result<Header, ChainError> {
        let snapshot = self.snapshot();
        let base = snapshot.state_at(number)?;
        let mut trie = self.trie_of(&snapshot)?;
        let updates = account_updates(&snapshot.changes_since(number)?, &base)?;
        trie.apply(&StoredNodes(&snapshot), updates)?;
        with_roots(header, writes, &base, &snapshot, &mut trie)
    }

    /// A copy of the trie of a snapshot's head.
    pub(super) fn trie_of(&self, snapshot: &Snapshot) -> Result<StateTrie, ChainError> {
        let head = snapshot.head_header().ok_or(ChainError::NoGenesis)?;
        let mut trie = self.trie.lock();
        if trie.root() == head.header.state_root {
            return Ok(trie.clone());
        }
        // The head moved on meanwhile; the snapshot still has the nodes.
        Ok(StateTrie::open(head.header.state_root, trie_limits()))
    }

    /// How to get from a snapshot's head to an earlier block: by the diffs or, for genesis, by
    /// what was written then.
    fn way_back(&self, snapshot: &Snapshot, to: u64) -> Result<WayBack, ChainError> {
        let pruned = match snapshot.changes_since(to) {
            Ok(changes) => {
                let target = Box::new(snapshot.state_at(to)?);
                return Ok(WayBack { changes, target });
            }
            Err(error) => error,
        };
        let genesis = self.genesis_writes()?.filter(|_| to == 0);
        let genesis = genesis.ok_or(pruned)?;
        let mut changes = genesis.clone();
        for entry in snapshot.state_entries()? {
            let (key, value) = entry?;
            match genesis.get(&key) {
                Some(Some(first)) if *first == value => changes.remove(&key),
                Some(_) => None,
                None => changes.insert(key, None),
            };
        }
        let mut target = Overlay::new(EmptyView);
        target.apply(genesis);
        Ok(WayBack {
            changes,
            target: Box::new(target),
        })
    }

    /// Makes an earlier block the head, durably, with these pending edits over it. Returns the
    /// blocks that are gone, newest first.
    ///
    /// # Errors
    /// When that block's state is no longer kept, or trie or database fail.
    pub(crate) fn rewind(&self, to: u64, edits: WriteSet) -> Result<Vec<Filled>, ChainError> {
        let snapshot = self.snapshot();
        let head = snapshot.head_header().ok_or(ChainError::NoGenesis)?;
        let way = self.way_back(&snapshot, to)?;
        let new_head = snapshot.header(to)?.ok_or(ChainError::NoGenesis)?;
        let mut removed = Vec::new();
        let gone = to.saturating_add(1)..=head.header.number;
        for number in gone.clone().rev().take(ANNOUNCED) {
            removed.extend(self.filled_in(&snapshot, number)?);
        }
        let mut trie = self.trie.lock();
        let rewound = (|| -> Result<(), ChainError> {
            let updates = account_updates(&way.changes, &*way.target)?;
            let (_, nodes) = trie.apply_and_commit(&StoredNodes(&snapshot), updates)?;
            let nodes = node_changes(nodes);
            let meta = forget_edits(&snapshot, gone)?;
            self.database.rewind(Rewind {
                to,
                state: Some(&way.changes),
                nodes: &nodes,
                meta: &meta,
                edits,
            })?;
            self.forget_pending();
            Ok(())
        })();
        if let Err(error) = rewound {
            *trie = StateTrie::open(head.header.state_root, trie_limits());
            return Err(error);
        }
        drop(trie);
        self.recent.lock().clear();
        if !removed.is_empty() {
            self.announce(ChainEvent::Removed {
                blocks: removed.clone(),
                head: (to, new_head.hash),
            });
        }
        Ok(removed)
    }

    /// Replaces the changes that the next block begins with.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn set_edits(&self, edits: WriteSet) -> Result<(), ChainError> {
        self.database.set_edits(edits)?;
        self.forget_pending();
        Ok(())
    }
}

/// Writes the first block of a chain.
///
/// # Errors
/// When the database has one already, or fails.
pub(crate) fn write_genesis(
    database: &Database,
    chain_id: u64,
    header: Header,
    writes: WriteSet,
    beginning: Vec<Event>,
) -> Result<(), ChainError> {
    let snapshot = database.snapshot();
    let mut trie = StateTrie::open(lumio_state::trie::EMPTY_ROOT, trie_limits());
    let updates = account_updates(&writes, &EmptyView)?;
    let (root, nodes) = trie.apply_and_commit(&StoredNodes(&snapshot), updates)?;
    let header = with_root(header, root, &snapshot, &trie)?;
    let nodes = node_changes(nodes);
    let block = Block {
        header: SealedHeader::new(header),
        transactions: Vec::new(),
    };
    let meta = Vec::from_iter(keep_genesis(&writes));
    let changes = [move_changes(&writes)];
    Ok(database.commit_genesis(
        chain_id,
        &BlockCommit {
            block: &block,
            receipts: &[],
            writes: &writes,
            changes: &changes,
            beginning: &beginning,
            nodes: &nodes,
            meta: &meta,
            keep: None,
        },
    )?)
}

/// What is kept of each transaction's writes.
#[derive(Debug)]
pub(crate) struct Kept {
    /// What it changes in Move's state; with the balances that a transaction of another machine's
    /// changes.
    pub(crate) changes: WriteSet,
    /// What it wrote that others may contend for, by the market's names.
    pub(crate) contended: Vec<u64>,
}

impl Kept {
    pub(crate) fn of(transaction: &Transaction, executed: &Executed) -> Self {
        Self {
            changes: changes_of(executed),
            contended: contended(transaction, executed.writes.keys()),
        }
    }
}

fn changes_of(executed: &Executed) -> WriteSet {
    let mut changes = move_changes(&executed.writes);
    if executed.carried.is_some() {
        let balances = executed.writes.iter();
        let balances = balances.filter(|(key, _)| matches!(key, StateKey::Balance(_)));
        changes.extend(balances.map(|(key, value)| (key.clone(), value.clone())));
    }
    changes
}

/// What of writes is in the state of Move.
pub(crate) fn move_changes<'a>(
    writes: impl IntoIterator<Item = (&'a StateKey, &'a Option<Value>)>,
) -> WriteSet {
    let of_move = writes.into_iter().filter(|(key, _)| {
        matches!(
            key,
            StateKey::MoveResource(..) | StateKey::MoveModule(..) | StateKey::MoveTableItem(..)
        )
    });
    of_move
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Applies the writes to the trie and puts the roots into the header.
fn with_roots(
    header: Header,
    writes: &WriteSet,
    base: &dyn StateView,
    snapshot: &Snapshot,
    trie: &mut StateTrie,
) -> Result<Header, ChainError> {
    let updates = account_updates(writes, base)?;
    let root = trie.apply(&StoredNodes(snapshot), updates)?;
    with_root(header, root, snapshot, trie)
}

/// Puts the roots of a trie into the header. The database need not have the trie's nodes yet.
fn with_root(
    mut header: Header,
    root: B256,
    snapshot: &Snapshot,
    trie: &StateTrie,
) -> Result<Header, ChainError> {
    header.state_root = root;
    if header.withdrawals_root.is_some() {
        let nodes = StoredNodes(snapshot);
        header.withdrawals_root = Some(storage_root(trie, &nodes, MESSAGE_PASSER)?);
    }
    Ok(header)
}

fn storage_root(
    trie: &StateTrie,
    nodes: &StoredNodes<'_>,
    address: Address,
) -> Result<B256, ChainError> {
    Ok(trie.account_proof(nodes, address, &[])?.storage_root)
}
