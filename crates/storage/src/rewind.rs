//! Going back to an earlier block.

use crate::{
    Database, MetaChange, NodeChange, Snapshot, StorageError,
    blocks::missing,
    changes::push_nodes,
    database::{Change, StateChange},
    delta::{Delta, DeltaWriter},
    edits::write_edits,
    index::index_entries,
    layers::Layers,
    layout,
    meta::write_meta,
    settle::write_current,
};
use lumio_state::WriteSet;
use redb::WriteTransaction;
use std::sync::Arc;

/// Where to go back to.
#[derive(Clone, Debug)]
pub struct Rewind<'a> {
    /// The block that becomes the head.
    pub to: u64,
    /// What takes the state from the head to that block, given by the caller
    /// where the diffs do not reach so far back; `None` to use the diffs.
    pub state: Option<&'a WriteSet>,
    /// What takes the tries' nodes from the head to that block.
    pub nodes: &'a [NodeChange],
    /// Metadata that goes with it.
    pub meta: &'a [MetaChange],
    /// The pending edits from then on.
    pub edits: WriteSet,
}

impl Database {
    /// Makes an earlier block the head in one durable transaction. The blocks
    /// after it are gone, with their receipts and index entries.
    ///
    /// # Errors
    /// [`StorageError::Pruned`] or [`StorageError::UnknownBlock`] when that
    /// block's state is not there, or when the database cannot be written.
    pub fn rewind(&self, rewind: Rewind<'_>) -> Result<(), StorageError> {
        self.write(|transaction, latest| {
            let head = latest.head().ok_or(StorageError::NoGenesis)?.number;
            if rewind.to > head {
                return Err(StorageError::UnknownBlock {
                    requested: rewind.to,
                    head,
                });
            }
            let from_diffs;
            let state = match rewind.state {
                Some(state) => state,
                None => {
                    from_diffs = latest.changes_since(rewind.to)?;
                    &from_diffs
                }
            };
            let mut undone = DeltaWriter::with_capacity(rewind.nodes.len());
            for (key, value) in state {
                undone.push(&key.encode(), value.as_deref())?;
            }
            push_nodes(rewind.nodes, &mut undone)?;
            let undone = undone.finish();
            // Every slice of the table goes to that block at once.
            let mut current = latest.0.layers.range(&[], None)?;
            for entry in Delta::parse(&undone)?.range(&[], None)? {
                let (key, value) = entry?;
                current.insert(key, value);
            }
            let mut gone = Vec::new();
            for number in (rewind.to..head).rev() {
                remove_block(transaction, latest, number.saturating_add(1), &mut gone)?;
            }
            current.extend(gone.iter().map(|key| (key.as_slice(), None)));
            write_current(transaction, current.into_iter().map(Ok))?;
            let mut journal = transaction.open_table(layout::JOURNAL)?;
            journal.retain(|_, _| false)?;
            drop(journal);
            write_meta(transaction, rewind.meta)?;
            write_edits(transaction, latest, &rewind.edits)?;
            Ok(Change {
                state: StateChange::Unknown,
                edits: Some(Arc::new(rewind.edits)),
                layers: Some(Layers::default()),
            })
        })
    }
}

/// Removes what lies under a block's number, and notes the keys of its index entries.
fn remove_block(
    transaction: &WriteTransaction,
    latest: &Snapshot,
    number: u64,
    gone: &mut Vec<Vec<u8>>,
) -> Result<(), StorageError> {
    let block = latest.block(number)?;
    let block = block.ok_or_else(|| missing("header", number))?;
    let receipts = latest.receipts(number)?;
    let receipts = receipts.ok_or_else(|| missing("receipts", number))?;
    let first = latest.first_version(number)?;
    let first = first.ok_or_else(|| missing("version", number))?;
    let beginning = latest.beginning_events(number)?;
    for (key, value) in index_entries(&block, &beginning, &receipts, first)? {
        // The entry may be of another block that holds the same transaction.
        if latest.current(&key, |stored| *stored == value)? == Some(true) {
            gone.push(key);
        }
    }
    transaction.open_table(layout::HEADERS)?.remove(number)?;
    transaction.open_table(layout::BODIES)?.remove(number)?;
    transaction.open_table(layout::RECEIPTS)?.remove(number)?;
    transaction.open_table(layout::CHANGES)?.remove(number)?;
    transaction.open_table(layout::DIFFS)?.remove(number)?;
    Ok(())
}
