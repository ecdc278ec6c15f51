//! Writing to the table of current data, a slice at a time.

use crate::{
    StorageError,
    delta::{Delta, Entry},
    layers::Layers,
    layout::{self, SLICES},
};
use redb::WriteTransaction;
use std::ops::Bound;

/// Brings one slice of the current data up to date and drops the layers that
/// no slice needs any more. When the layers take more than `limit` bytes, this
/// is done for all slices.
pub(crate) fn settle(
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
