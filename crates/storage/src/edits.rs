//! Pending edits: changes of the state between two blocks.

use crate::{
    Database, Snapshot, StorageError,
    database::{Change, StateChange},
    layout,
    snapshot::state_key,
};
use lumio_state::{Value, WriteSet};
use redb::{ReadTransaction, ReadableTable, WriteTransaction};
use std::sync::Arc;

impl Database {
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

/// The pending edits in the database.
pub(crate) fn stored_edits(transaction: &ReadTransaction) -> Result<WriteSet, StorageError> {
    let mut edits = WriteSet::new();
    for entry in transaction.open_table(layout::EDITS)?.iter()? {
        let (key, value) = entry?;
        edits.insert(state_key(key.value())?, value.value().map(Value::from));
    }
    Ok(edits)
}
