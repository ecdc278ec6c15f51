//! Writing: blocks, pending edits, metadata.

use crate::{
    Database, Identity, Snapshot, StorageError, TransactionPlace,
    delta::{Delta, DeltaWriter, Entry},
    encode,
    layers::Layers,
    layout::{self, SLICES},
    open::{Change, StateChange},
};
use alloy_primitives::{B256, Bytes};
use lumio_state::WriteSet;
use lumio_types::{Block, Receipt};
use redb::WriteTransaction;
use std::{ops::Bound, sync::Arc};

/// A change of the tries' nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeChange {
    /// Whose storage trie, or `None` for the account trie.
    pub owner: Option<B256>,
    /// The node's path; the database does not look into it.
    pub path: Vec<u8>,
    /// The node now at this path, or `None` where there is none any more.
    pub node: Option<Bytes>,
}

/// Everything that a new block changes.
#[derive(Clone, Copy, Debug)]
pub struct BlockCommit<'a> {
    /// The block, the next one after the head.
    pub block: &'a Block,
    /// A receipt for each transaction.
    pub receipts: &'a [Receipt],
    /// The new values in the state. Pending edits must be among them: they
    /// are dropped with this commit.
    pub writes: &'a WriteSet,
    /// The changed nodes of the tries.
    pub nodes: &'a [NodeChange],
}

impl Database {
    /// Starts the chain with its first block. Its state is where history
    /// begins.
    ///
    /// # Errors
    /// [`StorageError::GenesisExists`], or when the database cannot be
    /// written.
    pub fn commit_genesis(
        &self,
        chain_id: u64,
        genesis: &BlockCommit<'_>,
    ) -> Result<(), StorageError> {
        self.write(|transaction, latest| {
            if let Some(identity) = latest.identity()? {
                return Err(StorageError::GenesisExists(identity.genesis_hash));
            }
            let identity = Identity {
                chain_id,
                genesis_hash: genesis.block.hash(),
            };
            transaction
                .open_table(layout::META)?
                .insert(layout::META_IDENTITY, identity.encode().as_slice())?;
            let delta = Changes::of(genesis, latest)?.delta;
            fill_current(transaction, &delta)?;
            write_block(transaction, genesis)?;
            write_edits(transaction, latest, &WriteSet::new())?;
            Ok(Change {
                state: StateChange::Writes(genesis.writes),
                edits: Some(Arc::default()),
                layers: None,
            })
        })
    }

    /// Appends a block in one durable transaction, drops the pending edits,
    /// and prunes history beyond
    /// [`history_blocks`](crate::Options::history_blocks).
    ///
    /// # Errors
    /// [`StorageError::NotNext`] when the block does not follow the head, or
    /// when the database cannot be written. The database is then as before.
    pub fn commit(&self, commit: &BlockCommit<'_>) -> Result<(), StorageError> {
        self.write(|transaction, latest| {
            let head = latest.head().ok_or(StorageError::NoGenesis)?;
            let header = &commit.block.header.header;
            if head.number.checked_add(1) != Some(header.number) || head.hash != header.parent_hash
            {
                return Err(StorageError::NotNext {
                    number: header.number,
                    parent: header.parent_hash,
                    head: head.number,
                    head_hash: head.hash,
                });
            }
            let number = header.number;
            let changes = Changes::of(commit, latest)?;
            let mut diffs = transaction.open_table(layout::DIFFS)?;
            diffs.insert(number, changes.replaced.as_slice())?;
            if let Some(last) = number.checked_sub(self.options.history_blocks) {
                diffs.retain_in(..=last, |_, _| false)?;
            }
            drop(diffs);
            let mut journal = transaction.open_table(layout::JOURNAL)?;
            journal.insert(number, changes.delta.as_slice())?;
            drop(journal);
            let mut layers = latest.0.layers.with(number, changes.delta)?;
            settle(transaction, &mut layers, number, self.options.recent_bytes)?;
            write_block(transaction, commit)?;
            write_edits(transaction, latest, &WriteSet::new())?;
            Ok(Change {
                state: StateChange::Writes(commit.writes),
                edits: Some(Arc::default()),
                layers: Some(layers),
            })
        })
    }

    /// Replaces the pending edits: changes of the state that no block holds
    /// yet. The [latest](Snapshot::latest_state) view shows them.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_edits(&self, edits: WriteSet) -> Result<(), StorageError> {
        self.write(|transaction, latest| {
            write_edits(transaction, latest, &edits)?;
            Ok(Change {
                state: StateChange::None,
                edits: Some(Arc::new(edits)),
                layers: None,
            })
        })
    }

    /// Stores metadata under a name of the caller's, or removes it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_meta(&self, name: &str, value: Option<&[u8]>) -> Result<(), StorageError> {
        self.write(|transaction, _| {
            let name = format!("{}{name}", layout::META_CALLER);
            let mut meta = transaction.open_table(layout::META)?;
            match value {
                Some(value) => meta.insert(name.as_str(), value)?,
                None => meta.remove(name.as_str())?,
            };
            Ok(Change {
                state: StateChange::None,
                edits: None,
                layers: None,
            })
        })
    }
}

/// What a block does to the current data.
struct Changes {
    /// The delta of all it changes.
    delta: Vec<u8>,
    /// The delta that undoes what it changes in the state.
    replaced: Vec<u8>,
}

impl Changes {
    fn of(commit: &BlockCommit<'_>, latest: &Snapshot) -> Result<Self, StorageError> {
        let block = commit.block;
        let number = block.number();
        let keys = commit.writes.len();
        let all = keys
            .saturating_add(commit.nodes.len())
            .saturating_add(block.transactions.len());
        let (mut delta, mut replaced) = (
            DeltaWriter::with_capacity(all),
            DeltaWriter::with_capacity(keys),
        );
        // A delta is in the order of its keys, and so are state keys in a
        // write set, nodes by owner and path, and the spaces of keys here.
        for (key, value) in commit.writes {
            let before = latest.head_value(key)?;
            if before != *value {
                let key = key.encode();
                delta.push(&key, value.as_deref())?;
                replaced.push(&key, before.as_deref())?;
            }
        }
        push_nodes(commit.nodes, &mut delta)?;
        let mut places = Vec::with_capacity(block.transactions.len());
        for (index, transaction) in (0_u32..).zip(&block.transactions) {
            places.push((transaction.hash(), index));
        }
        places.sort_unstable();
        places.dedup_by_key(|(hash, _)| *hash);
        for (hash, index) in places {
            let place = TransactionPlace {
                block: number,
                index,
            };
            delta.push(&layout::transaction_key(hash), Some(&encode::place(place)))?;
        }
        let number = number.to_le_bytes();
        delta.push(&layout::block_key(block.hash()), Some(&number))?;
        Ok(Self {
            delta: delta.finish(),
            replaced: replaced.finish(),
        })
    }
}

/// Appends changed nodes in the order of their keys.
pub(crate) fn push_nodes(
    nodes: &[NodeChange],
    delta: &mut DeltaWriter,
) -> Result<(), StorageError> {
    let same = |a: &NodeChange, b: &NodeChange| a.owner == b.owner && a.path == b.path;
    let mut order: Vec<&NodeChange> = nodes.iter().collect();
    order.sort_by(|a, b| (a.owner, &a.path).cmp(&(b.owner, &b.path)));
    let mut order = order.into_iter().peekable();
    let mut key = Vec::new();
    while let Some(change) = order.next() {
        // The sort is stable: the last of several changes of a node counts.
        if order.peek().is_some_and(|next| same(next, change)) {
            continue;
        }
        layout::node_key(change.owner.as_deref(), &change.path, &mut key);
        delta.push(&key, change.node.as_ref().map(AsRef::as_ref))?;
    }
    Ok(())
}

/// Brings one slice of the current data up to date and drops the layers that
/// no slice needs any more. When the layers take more than `limit` bytes, this
/// is done for all slices.
fn settle(
    transaction: &WriteTransaction,
    layers: &mut Layers,
    number: u64,
    limit: usize,
) -> Result<(), StorageError> {
    let settled = if layers.bytes() > limit {
        write_current(transaction, layers.range(&[], None)?.into_iter().map(Ok))?;
        Some(number)
    } else {
        let slice = usize::try_from(number % SLICES).map_err(|_| StorageError::TooLarge)?;
        write_current(transaction, layers.slice(slice)?.into_iter().map(Ok))?;
        number.checked_sub(SLICES - 1)
    };
    if let Some(last) = settled {
        transaction
            .open_table(layout::JOURNAL)?
            .retain_in(..=last, |_, _| false)?;
        layers.drop_through(last);
    }
    Ok(())
}

/// Writes entries to the table of current data.
pub(crate) fn write_current<'a>(
    transaction: &WriteTransaction,
    entries: impl Iterator<Item = Result<Entry<'a>, StorageError>>,
) -> Result<(), StorageError> {
    let mut table = transaction.open_table(layout::CURRENT)?;
    for entry in entries {
        match entry? {
            (key, Some(value)) => table.insert(key, value)?,
            (key, None) => table.remove(key)?,
        };
    }
    Ok(())
}

/// Writes a delta to the table of current data while that is empty.
fn fill_current(transaction: &WriteTransaction, delta: &[u8]) -> Result<(), StorageError> {
    let mut table = transaction.open_table(layout::CURRENT)?;
    let mut end = table.upper_bound_mut(Bound::<&[u8]>::Unbounded)?;
    for entry in Delta::parse(delta)?.range(&[], None)? {
        if let (key, Some(value)) = entry? {
            end.insert_before(key, value)?;
        }
    }
    Ok(end.close()?)
}

/// Writes what lies under the block's number.
fn write_block(
    transaction: &WriteTransaction,
    commit: &BlockCommit<'_>,
) -> Result<(), StorageError> {
    let block = commit.block;
    let number = block.number();
    transaction
        .open_table(layout::HEADERS)?
        .insert(number, encode::header(&block.header).as_slice())?;
    transaction
        .open_table(layout::BODIES)?
        .insert(number, encode::body(&block.transactions)?.as_slice())?;
    transaction
        .open_table(layout::RECEIPTS)?
        .insert(number, encode::receipts(commit.receipts)?.as_slice())?;
    Ok(())
}

/// Makes the stored edits equal to `edits`, touching only what differs.
pub(crate) fn write_edits(
    transaction: &WriteTransaction,
    latest: &Snapshot,
    edits: &WriteSet,
) -> Result<(), StorageError> {
    let stored = latest.edits();
    if *stored == *edits {
        return Ok(());
    }
    let mut table = transaction.open_table(layout::EDITS)?;
    for key in stored.keys().filter(|key| !edits.contains_key(*key)) {
        table.remove(key.encode().as_slice())?;
    }
    for (key, value) in edits {
        if stored.get(key) != Some(value) {
            table.insert(key.encode().as_slice(), value.as_deref())?;
        }
    }
    Ok(())
}
