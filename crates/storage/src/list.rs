//! Packed lists: a count, where each item ends, then the items. Any item is
//! found without reading those before it.

use crate::StorageError;

const WORD: usize = size_of::<u32>();

/// A list being written.
#[derive(Debug, Default)]
pub(crate) struct ListWriter {
    ends: Vec<u8>,
    items: Vec<u8>,
    count: u32,
}

impl ListWriter {
    /// A list with room for so many items of so many bytes altogether.
    pub(crate) fn with_capacity(count: usize, bytes: usize) -> Self {
        Self {
            ends: Vec::with_capacity(count.saturating_mul(WORD)),
            items: Vec::with_capacity(bytes),
            count: 0,
        }
    }

    /// Appends the item that `write` appends to the buffer.
    pub(crate) fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), StorageError> {
        write(&mut self.items);
        let end = u32::try_from(self.items.len()).map_err(|_| StorageError::TooLarge)?;
        self.ends.extend_from_slice(&end.to_le_bytes());
        self.count = self.count.checked_add(1).ok_or(StorageError::TooLarge)?;
        Ok(())
    }

    /// The list as bytes.
    pub(crate) fn finish(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(WORD + self.ends.len() + self.items.len());
        bytes.extend_from_slice(&self.count.to_le_bytes());
        bytes.extend_from_slice(&self.ends);
        bytes.extend_from_slice(&self.items);
        bytes
    }
}

/// A list being read in place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct List<'a> {
    ends: &'a [u8],
    items: &'a [u8],
}

impl<'a> List<'a> {
    /// Reads the frame of a list. The items' ends are checked as they are used.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, StorageError> {
        let malformed = || StorageError::corrupt("a packed list is cut short");
        let (count, rest) = bytes.split_first_chunk::<WORD>().ok_or_else(malformed)?;
        let ends = usize::try_from(u32::from_le_bytes(*count))
            .ok()
            .and_then(|count| count.checked_mul(WORD))
            .ok_or_else(malformed)?;
        let (ends, items) = rest.split_at_checked(ends).ok_or_else(malformed)?;
        Ok(Self { ends, items })
    }

    /// How many items there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len() / WORD
    }

    /// The item at this index, which must be below [`len`](Self::len).
    pub(crate) fn get(&self, index: usize) -> Result<&'a [u8], StorageError> {
        let start = match index.checked_sub(1) {
            None => 0,
            Some(previous) => self.end(previous)?,
        };
        self.items
            .get(start..self.end(index)?)
            .ok_or_else(|| StorageError::corrupt("a packed list's items do not follow each other"))
    }

    /// All items in order.
    pub(crate) fn iter(self) -> impl Iterator<Item = Result<&'a [u8], StorageError>> {
        (0..self.len()).map(move |index| self.get(index))
    }

    fn end(&self, index: usize) -> Result<usize, StorageError> {
        index
            .checked_mul(WORD)
            .and_then(|at| self.ends.get(at..)?.first_chunk::<WORD>())
            .and_then(|end| usize::try_from(u32::from_le_bytes(*end)).ok())
            .ok_or_else(|| StorageError::corrupt("a packed list is shorter than its index says"))
    }
}
