//! Reverse diffs: for each state key that a block wrote, the value before.
//!
//! A packed list in the order of the encoded keys, searched in place. An item
//! is the key's length, the key, whether there was a value, and the value.

use crate::{
    StorageError,
    list::{List, ListWriter},
};

/// A reverse diff being written, in ascending order of keys.
#[derive(Debug)]
pub(crate) struct DiffWriter(ListWriter);

impl DiffWriter {
    /// A diff with room for so many keys.
    pub(crate) fn with_capacity(keys: usize) -> Self {
        Self(ListWriter::with_capacity(keys, keys.saturating_mul(64)))
    }

    /// Appends what a key held before.
    pub(crate) fn push(&mut self, key: &[u8], before: Option<&[u8]>) -> Result<(), StorageError> {
        let length = u32::try_from(key.len()).map_err(|_| StorageError::TooLarge)?;
        self.0.push(|bytes| {
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(key);
            bytes.push(u8::from(before.is_some()));
            bytes.extend_from_slice(before.unwrap_or_default());
        })
    }

    /// The diff as bytes.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.0.finish()
    }
}

/// A key and what it held before.
pub(crate) type Before<'a> = (&'a [u8], Option<&'a [u8]>);

/// A reverse diff being read in place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Diff<'a>(List<'a>);

impl<'a> Diff<'a> {
    /// Reads the frame of a diff.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, StorageError> {
        List::parse(bytes).map(Self)
    }

    /// What the key held before, or `None` if the block did not write it.
    pub(crate) fn find(&self, key: &[u8]) -> Result<Option<Option<&'a [u8]>>, StorageError> {
        let index = self.lower_bound(key)?;
        if index == self.0.len() {
            return Ok(None);
        }
        let (found, before) = split(self.0.get(index)?)?;
        Ok((found == key).then_some(before))
    }

    /// The keys that start with `prefix`, in order.
    pub(crate) fn with_prefix(
        self,
        prefix: &[u8],
    ) -> Result<impl Iterator<Item = Result<Before<'a>, StorageError>>, StorageError> {
        let start = self.lower_bound(prefix)?;
        Ok((start..self.0.len())
            .map(move |index| split(self.0.get(index)?))
            .take_while(move |item| match item {
                Ok((key, _)) => key.starts_with(prefix),
                Err(_) => true,
            }))
    }

    /// The index of the first key that is not less than `key`.
    fn lower_bound(&self, key: &[u8]) -> Result<usize, StorageError> {
        let (mut low, mut high) = (0, self.0.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if split(self.0.get(middle)?)?.0 < key {
                low = middle.saturating_add(1);
            } else {
                high = middle;
            }
        }
        Ok(low)
    }
}

fn split(item: &[u8]) -> Result<Before<'_>, StorageError> {
    let parts = || {
        let (length, rest) = item.split_first_chunk::<4>()?;
        let (key, rest) = rest.split_at_checked(u32::from_le_bytes(*length).try_into().ok()?)?;
        match rest.split_first()? {
            (0, []) => Some((key, None)),
            (1, value) => Some((key, Some(value))),
            _ => None,
        }
    };
    parts().ok_or_else(|| StorageError::corrupt("an entry of a state diff is malformed"))
}
