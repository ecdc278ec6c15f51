//! Listing a state: the resources or modules of an account, at the head or in the past.

use crate::{
    Snapshot, StorageError, layout::prefix_end, scan::StateEntries, snapshot::state_key, view::View,
};
use lumio_state::{StateKey, Value};
use std::{cmp::Ordering, collections::BTreeMap};

/// Values by their keys' encodings; `None` where there is none.
pub(crate) type Differing = BTreeMap<Vec<u8>, Option<Value>>;

impl Snapshot {
    /// Keys of the head's state whose encodings start with `prefix`, in the order of the
    /// encodings: at most `limit`, and only those after the encoding `start_after`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn keys_with_prefix(
        &self,
        prefix: &[u8],
        start_after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<StateKey>, StorageError> {
        let entries = list(self, prefix, start_after, limit, Differing::new())?;
        Ok(entries.into_iter().map(|(key, _)| key).collect())
    }
}

impl View {
    /// As [`Snapshot::keys_with_prefix`], in this state.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn keys_with_prefix(
        &self,
        prefix: &[u8],
        start_after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<StateKey>, StorageError> {
        let entries = self.entries_with_prefix(prefix, start_after, limit)?;
        Ok(entries.into_iter().map(|(key, _)| key).collect())
    }

    /// The same keys with their values.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn entries_with_prefix(
        &self,
        prefix: &[u8],
        start_after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(StateKey, Value)>, StorageError> {
        let differing = self.differing(prefix)?;
        list(self.snapshot(), prefix, start_after, limit, differing)
    }
}

/// Lists the head's state with other values under the keys of `differing`.
fn list(
    snapshot: &Snapshot,
    prefix: &[u8],
    start_after: Option<&[u8]>,
    limit: usize,
    mut differing: Differing,
) -> Result<Vec<(StateKey, Value)>, StorageError> {
    let mut start = prefix.to_vec();
    if let Some(after) = start_after {
        // The first byte string after that one.
        start = start.max([after, &[0]].concat());
    }
    let mut differing = differing.split_off(&start).into_iter().peekable();
    let mut stored = StateEntries::from(snapshot, &start, prefix_end(prefix).as_deref())?;
    let mut next = stored.next().transpose()?;
    let mut found = Vec::new();
    while found.len() < limit {
        let order = match (&next, differing.peek()) {
            (Some((key, _)), Some((other, _))) => key.encode().cmp(other),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        if order != Ordering::Greater {
            let entry = std::mem::replace(&mut next, stored.next().transpose()?);
            if order == Ordering::Less {
                found.extend(entry);
                continue;
            }
        }
        match differing.next() {
            Some((key, Some(value))) => found.push((state_key(&key)?, value)),
            Some((_, None)) => {}
            None => break,
        }
    }
    Ok(found)
}
