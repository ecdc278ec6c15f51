//! Changes of the state that are kept beside the blocks: the edits that a block began with, so
//! that it can be run again, and what genesis wrote, so that a reset finds it at any height.

use crate::chain::{Chain, ChainError};
use lumio_state::{StateKey, Value, WriteSet};
use lumio_storage::{MetaChange, Snapshot, StorageError};
use std::ops::RangeInclusive;

/// Where the writes of genesis are.
const GENESIS: &str = "genesis";
/// A genesis with more bytes than this is not kept a second time.
const LARGEST_GENESIS: usize = 32 << 20;

impl Chain {
    /// What a new block does to the kept edits: its own are added, and those of blocks whose
    /// parent's state is dropped with it are no longer needed.
    pub(super) fn edits_of_commit(
        &self,
        snapshot: &Snapshot,
        number: u64,
        keep: Option<u64>,
    ) -> Result<Vec<MetaChange>, ChainError> {
        let first = snapshot.oldest_state().saturating_add(1);
        let mut changes = match self.database.pruned_by(number, keep) {
            Some(last) => forget_edits(snapshot, first..=last)?,
            None => Vec::new(),
        };
        let edits = snapshot.edits();
        if !edits.is_empty() {
            changes.push(MetaChange {
                name: name(number),
                value: Some(encode(&edits)),
            });
        }
        Ok(changes)
    }

    /// The edits that a block began with; mostly none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn edits_of(&self, number: u64) -> Result<WriteSet, ChainError> {
        let Some(bytes) = self.snapshot().meta(&name(number))? else {
            return Ok(WriteSet::new());
        };
        decode(&bytes).ok_or_else(|| {
            let what = format!("the edits of block {number} are malformed");
            ChainError::Storage(StorageError::Corrupt { what })
        })
    }
}

impl Chain {
    /// What genesis wrote, unless that was too much to keep.
    pub(super) fn genesis_writes(&self) -> Result<Option<WriteSet>, ChainError> {
        let Some(bytes) = self.snapshot().meta(GENESIS)? else {
            return Ok(None);
        };
        let what = "the writes of genesis are malformed";
        let corrupt = || ChainError::Storage(StorageError::Corrupt { what: what.into() });
        decode(&bytes).map(Some).ok_or_else(corrupt)
    }
}

/// Forgets the edits of blocks that are gone.
pub(super) fn forget_edits(
    snapshot: &Snapshot,
    numbers: RangeInclusive<u64>,
) -> Result<Vec<MetaChange>, ChainError> {
    let mut changes = Vec::new();
    for number in numbers {
        let name = name(number);
        if snapshot.meta(&name)?.is_some() {
            changes.push(MetaChange { name, value: None });
        }
    }
    Ok(changes)
}

/// Keeps what genesis wrote, unless that is too much.
pub(super) fn keep_genesis(writes: &WriteSet) -> Option<MetaChange> {
    let bytes = encode(writes);
    (bytes.len() <= LARGEST_GENESIS).then(|| MetaChange {
        name: GENESIS.into(),
        value: Some(bytes),
    })
}

fn name(number: u64) -> String {
    format!("edits/{number}")
}

fn encode(edits: &WriteSet) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut put = |part: &[u8]| {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(part);
    };
    for (key, value) in edits {
        put(&key.encode());
        match value {
            Some(value) => {
                put(&[1]);
                put(value);
            }
            None => put(&[0]),
        }
    }
    bytes
}

fn decode(mut bytes: &[u8]) -> Option<WriteSet> {
    let mut edits = WriteSet::new();
    while !bytes.is_empty() {
        let key = StateKey::decode(take(&mut bytes)?).ok()?;
        let value = match take(&mut bytes)? {
            [1] => Some(Value::from(take(&mut bytes)?)),
            [0] => None,
            _ => return None,
        };
        edits.insert(key, value);
    }
    Some(edits)
}

fn take<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (part, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some(part)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use alloy_primitives::{Address, U256};

    #[test]
    fn edits_are_read_back() {
        let owner = Address::repeat_byte(7);
        let edits = WriteSet::from([
            (StateKey::Balance(owner), Some(Value::word(U256::from(5)))),
            (StateKey::EvmStorage(owner, U256::from(1)), None),
            (
                StateKey::EvmCode(Default::default()),
                Some(Value::from(&[9; 300][..])),
            ),
        ]);
        let bytes = encode(&edits);
        assert_eq!(decode(&bytes).unwrap(), edits);
        assert!(decode(&bytes[..bytes.len() - 1]).is_none());
    }
}
