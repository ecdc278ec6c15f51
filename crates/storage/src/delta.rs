//! Deltas: keys with a value or none, as one blob.
//!
//! A block has two: what it wrote, and what that replaced. A delta is a packed
//! list in the order of the keys, searched in place. An item is the key's
//! length, the key, whether there is a value, and the value.

use crate::{
    StorageError,
    list::{List, ListWriter},
};

/// A delta being written, in ascending order of keys.
#[derive(Debug)]
pub(crate) struct DeltaWriter(ListWriter);

impl DeltaWriter {
    /// A delta with room for so many keys.
    pub(crate) fn with_capacity(keys: usize) -> Self {
        Self(ListWriter::with_capacity(keys, keys.saturating_mul(64)))
    }

    /// Appends a key, which must come after those before it.
    pub(crate) fn push(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), StorageError> {
        let length = u32::try_from(key.len()).map_err(|_| StorageError::TooLarge)?;
        self.0.push(|bytes| {
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(key);
            bytes.push(u8::from(value.is_some()));
            bytes.extend_from_slice(value.unwrap_or_default());
        })
    }

    /// The delta as bytes.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.0.finish()
    }
}

/// A key and its value, if it has one.
pub(crate) type Entry<'a> = (&'a [u8], Option<&'a [u8]>);

/// A delta being read in place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delta<'a>(List<'a>);

impl<'a> Delta<'a> {
    /// Reads the frame of a delta.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, StorageError> {
        List::parse(bytes).map(Self)
    }

    /// What the delta says about a key, or `None` if nothing.
    pub(crate) fn find(&self, key: &[u8]) -> Result<Option<Option<&'a [u8]>>, StorageError> {
        let index = self.lower_bound(key)?;
        if index == self.0.len() {
            return Ok(None);
        }
        let (found, value) = self.get(index)?;
        Ok((found == key).then_some(value))
    }

    /// The entry at an index below [`len`](Self::len).
    pub(crate) fn get(&self, index: usize) -> Result<Entry<'a>, StorageError> {
        split(self.0.get(index)?)
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The keys from `start` on and before `end`, in order.
    pub(crate) fn range(
        self,
        start: &[u8],
        end: Option<&[u8]>,
    ) -> Result<impl Iterator<Item = Result<Entry<'a>, StorageError>> + use<'a>, StorageError> {
        let first = self.lower_bound(start)?;
        let last = match end {
            Some(end) => self.lower_bound(end)?,
            None => self.0.len(),
        };
        Ok((first..last).map(move |index| self.get(index)))
    }

    /// The index of the first key that is not less than `key`.
    fn lower_bound(&self, key: &[u8]) -> Result<usize, StorageError> {
        let (mut low, mut high) = (0, self.0.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.get(middle)?.0 < key {
                low = middle.saturating_add(1);
            } else {
                high = middle;
            }
        }
        Ok(low)
    }
}

fn split(item: &[u8]) -> Result<Entry<'_>, StorageError> {
    let parts = || {
        let (length, rest) = item.split_first_chunk::<4>()?;
        let (key, rest) = rest.split_at_checked(u32::from_le_bytes(*length).try_into().ok()?)?;
        match rest.split_first()? {
            (0, []) => Some((key, None)),
            (1, value) => Some((key, Some(value))),
            _ => None,
        }
    };
    parts().ok_or_else(|| StorageError::corrupt("an entry of a delta is malformed"))
}
