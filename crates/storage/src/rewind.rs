//! Going back to an earlier block.

use crate::{
    Database, NodeChange, Snapshot, StorageError,
    commit::{write_edits, write_nodes},
    encode, layout,
    open::{Change, StateChange},
    read::missing,
};
use lumio_state::WriteSet;
use redb::WriteTransaction;
use std::sync::Arc;

/// Where to go back to.
#[derive(Clone, Debug)]
pub struct Rewind<'a> {
    /// The block that becomes the head.
    pub to: u64,
    /// What takes the tries' nodes from the head to that block.
    pub nodes: &'a [NodeChange],
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
            let head = latest.require_state(rewind.to)?;
            let mut state = transaction.open_table(layout::STATE)?;
            for (key, value) in latest.changes_since(rewind.to)? {
                match value {
                    Some(value) => state.insert(key.encode().as_slice(), &*value)?,
                    None => state.remove(key.encode().as_slice())?,
                };
            }
            drop(state);
            for number in (rewind.to..head).rev() {
                remove_block(transaction, latest, number.saturating_add(1))?;
            }
            write_nodes(transaction, rewind.nodes)?;
            write_edits(transaction, latest, &rewind.edits)?;
            Ok(Change {
                state: StateChange::Unknown,
                edits: Some(Arc::new(rewind.edits)),
            })
        })
    }
}

fn remove_block(
    transaction: &WriteTransaction,
    latest: &Snapshot,
    number: u64,
) -> Result<(), StorageError> {
    let header = latest
        .header(number)?
        .ok_or_else(|| missing("header", number))?;
    let mut places = transaction.open_table(layout::TRANSACTIONS)?;
    let mut bodies = transaction.open_table(layout::BODIES)?;
    let body = bodies
        .remove(number)?
        .ok_or_else(|| missing("body", number))?;
    for found in encode::read_all(body.value(), encode::read_transaction)? {
        places.remove(&found.hash().0)?;
    }
    transaction.open_table(layout::HEADERS)?.remove(number)?;
    transaction.open_table(layout::RECEIPTS)?.remove(number)?;
    transaction.open_table(layout::DIFFS)?.remove(number)?;
    transaction
        .open_table(layout::NUMBERS)?
        .remove(&header.hash.0)?;
    Ok(())
}
