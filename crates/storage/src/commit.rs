//! Writing: blocks, pending edits, metadata.

use crate::{
    Database, Identity, Snapshot, StorageError,
    diff::DiffWriter,
    encode, layout,
    open::{Change, StateChange},
};
use alloy_primitives::{B256, Bytes};
use lumio_state::WriteSet;
use lumio_types::{Block, Receipt};
use redb::WriteTransaction;
use std::sync::Arc;

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
            let mut state = transaction.open_table(layout::STATE)?;
            for (key, value) in genesis.writes {
                if let Some(value) = value {
                    state.insert(key.encode().as_slice(), &**value)?;
                }
            }
            drop(state);
            write_block(transaction, genesis)?;
            write_edits(transaction, latest, &WriteSet::new())?;
            Ok(Change {
                state: StateChange::Writes(genesis.writes),
                edits: Some(Arc::default()),
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
            write_state(transaction, header.number, commit.writes)?;
            if let Some(last) = header.number.checked_sub(self.options.history_blocks) {
                transaction
                    .open_table(layout::DIFFS)?
                    .retain_in(..=last, |_, _| false)?;
            }
            write_block(transaction, commit)?;
            write_edits(transaction, latest, &WriteSet::new())?;
            Ok(Change {
                state: StateChange::Writes(commit.writes),
                edits: Some(Arc::default()),
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
            })
        })
    }
}

/// Writes the state and the diff that undoes it.
fn write_state(
    transaction: &WriteTransaction,
    number: u64,
    writes: &WriteSet,
) -> Result<(), StorageError> {
    let mut state = transaction.open_table(layout::STATE)?;
    let mut diff = DiffWriter::with_capacity(writes.len());
    // In the order of the encoded keys, which is that of the write set.
    for (key, value) in writes {
        let key = key.encode();
        let before = match value {
            Some(value) => state.insert(key.as_slice(), &**value)?,
            None => state.remove(key.as_slice())?,
        };
        let before = before.as_ref().map(|before| before.value());
        if before != value.as_deref() {
            diff.push(&key, before)?;
        }
    }
    transaction
        .open_table(layout::DIFFS)?
        .insert(number, diff.finish().as_slice())?;
    Ok(())
}

/// Writes everything of a block but its state.
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
    transaction
        .open_table(layout::NUMBERS)?
        .insert(&block.hash().0, number)?;
    let mut hashes = Vec::with_capacity(block.transactions.len());
    for (index, transaction) in (0_u32..).zip(&block.transactions) {
        hashes.push((transaction.hash(), index));
    }
    hashes.sort_unstable();
    let mut places = transaction.open_table(layout::TRANSACTIONS)?;
    for (hash, index) in hashes {
        places.insert(&hash.0, (number, index))?;
    }
    drop(places);
    write_nodes(transaction, commit.nodes)
}

/// Writes trie nodes in the order of their keys.
pub(crate) fn write_nodes(
    transaction: &WriteTransaction,
    nodes: &[NodeChange],
) -> Result<(), StorageError> {
    let mut order: Vec<&NodeChange> = nodes.iter().collect();
    order.sort_by(|a, b| (a.owner, &a.path).cmp(&(b.owner, &b.path)));
    let mut table = transaction.open_table(layout::NODES)?;
    let mut key = Vec::new();
    for change in order {
        layout::node_key(change.owner.as_deref(), &change.path, &mut key);
        match &change.node {
            Some(node) => table.insert(key.as_slice(), node.as_ref())?,
            None => table.remove(key.as_slice())?,
        };
    }
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
