//! Writing to the table of current data, a slice at a time.

use crate::{
    StorageError,
    delta::{Delta, Entry},
    layers::Layers,
    layout::{self, SLICES},
};
use redb::WriteTransaction;
use std::ops::Bound;

/// Brings the slices whose turn it is up to date in the current data, and
/// drops the layers that no slice needs any more: one slice, or as many as it
/// takes so that all have had their turn before the deltas of the last blocks,
/// with this one of so many bytes, take half of `limit`. When the layers take
/// more than `limit` bytes, this is done for all slices.
pub(crate) fn settle(
    transaction: &WriteTransaction,
    layers: &mut Layers,
    bytes: usize,
    limit: usize,
) -> Result<(), StorageError> {
    let share = bytes.saturating_mul(SLICES).div_ceil((limit / 2).max(1));
    let slices = if layers.bytes() > limit {
        SLICES
    } else {
        share.clamp(1, SLICES)
    };
    write_current(transaction, layers.due(slices)?.into_iter().map(Ok))?;
    if let Some(last) = layers.settled(slices) {
        transaction
            .open_table(layout::JOURNAL)?
            .retain_in(..=last, |_, _| false)?;
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
pub(crate) fn fill_current(
    transaction: &WriteTransaction,
    delta: &[u8],
) -> Result<(), StorageError> {
    let mut table = transaction.open_table(layout::CURRENT)?;
    let mut end = table.upper_bound_mut(Bound::<&[u8]>::Unbounded)?;
    for entry in Delta::parse(delta)?.range(&[], None)? {
        if let (key, Some(value)) = entry? {
            end.insert_before(key, value)?;
        }
    }
    Ok(end.close()?)
}
