//! Appending blocks.

use crate::{
    Database, Identity, MetaChange, StorageError,
    changes::Changes,
    database::{Change, StateChange},
    delta::DeltaWriter,
    edits::write_edits,
    encode, layout,
    list::ListWriter,
    meta::write_meta,
    settle::{fill_current, settle},
};
use alloy_primitives::{B256, Bytes};
use lumio_state::WriteSet;
use lumio_types::{Block, Event, Receipt};
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
    /// What of that is of Move or is to be shown to its clients: first what the beginning of the
    /// block wrote, then each transaction.
    pub changes: &'a [WriteSet],
    /// What the beginning of the block announced; no receipt has it.
    pub beginning: &'a [Event],
    /// The changed nodes of the tries.
    pub nodes: &'a [NodeChange],
    /// Metadata that goes with the block.
    pub meta: &'a [MetaChange],
    /// The oldest block whose state stays readable even where
    /// [`history_blocks`](crate::Options::history_blocks) would drop it.
    pub keep: Option<u64>,
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
            let delta = Changes::of(genesis, latest, 0)?.delta;
            fill_current(transaction, &delta)?;
            write_block(transaction, genesis, 0)?;
            write_meta(transaction, genesis.meta)?;
            write_edits(transaction, latest, &WriteSet::new())?;
            Ok(Change {
                state: StateChange::Unknown,
                edits: Some(Arc::default()),
                layers: None,
            })
        })
    }

    /// The last block that can no longer be undone once block `number` is
    /// committed with this [`keep`](BlockCommit::keep).
    pub fn pruned_by(&self, number: u64, keep: Option<u64>) -> Option<u64> {
        let last = number.checked_sub(self.options.history_blocks)?;
        Some(keep.map_or(last, |keep| last.min(keep)))
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
            let (_, last_version) = latest
                .version_range(head.number)?
                .ok_or(StorageError::NoGenesis)?;
            let version = last_version.checked_add(1).ok_or(StorageError::TooLarge)?;
            let changes = Changes::of(commit, latest, version)?;
            let mut diffs = transaction.open_table(layout::DIFFS)?;
            diffs.insert(number, changes.replaced.as_slice())?;
            if let Some(last) = self.pruned_by(number, commit.keep) {
                diffs.retain_in(..=last, |_, _| false)?;
            }
            drop(diffs);
            let mut journal = transaction.open_table(layout::JOURNAL)?;
            journal.insert(number, changes.delta.as_slice())?;
            drop(journal);
            let bytes = changes.delta.len();
            let mut layers = latest.0.layers.with(number, changes.delta)?;
            settle(transaction, &mut layers, bytes, self.options.recent_bytes)?;
            write_block(transaction, commit, version)?;
            write_meta(transaction, commit.meta)?;
            write_edits(transaction, latest, &WriteSet::new())?;
            Ok(Change {
                state: StateChange::Writes(commit.writes),
                edits: Some(Arc::default()),
                layers: Some(layers),
            })
        })
    }
}

/// Writes what lies under the block's number.
fn write_block(
    transaction: &WriteTransaction,
    commit: &BlockCommit<'_>,
    first_version: u64,
) -> Result<(), StorageError> {
    let block = commit.block;
    let number = block.number();
    transaction.open_table(layout::HEADERS)?.insert(
        number,
        encode::header(&block.header, first_version).as_slice(),
    )?;
    transaction
        .open_table(layout::BODIES)?
        .insert(number, encode::body(&block.transactions)?.as_slice())?;
    transaction
        .open_table(layout::RECEIPTS)?
        .insert(number, encode::receipts(commit.receipts)?.as_slice())?;
    transaction.open_table(layout::CHANGES)?.insert(
        number,
        changes(commit.beginning, commit.changes)?.as_slice(),
    )?;
    Ok(())
}

/// Events, then changes of the state as deltas, in one list.
fn changes(beginning: &[Event], changes: &[WriteSet]) -> Result<Vec<u8>, StorageError> {
    let count = changes.len().saturating_add(1);
    let mut list = ListWriter::with_capacity(count, count.saturating_mul(8));
    let events = encode::events(beginning)?;
    list.push(|bytes| bytes.extend_from_slice(&events))?;
    for writes in changes {
        let mut delta = DeltaWriter::with_capacity(writes.len());
        for (key, value) in writes {
            delta.push(&key.encode(), value.as_deref())?;
        }
        let delta = delta.finish();
        list.push(|bytes| bytes.extend_from_slice(&delta))?;
    }
    Ok(list.finish())
}
